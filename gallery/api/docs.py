"""The readable form of the API's description, from files of our own."""

from __future__ import annotations

from django.views.generic import TemplateView


class DocsView(TemplateView):
    template_name = "gallery/api/docs.html"
