"""The API documentation (Swagger UI), from files of this site."""

from __future__ import annotations

from django.views.generic import TemplateView


class DocsView(TemplateView):
    template_name = "gallery/api/docs.html"
