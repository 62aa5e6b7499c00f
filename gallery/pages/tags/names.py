"""The names that the field for another tag offers while a person types."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gallery.core.errors import InvalidInput
from gallery.curation.tags import offered
from gallery.models import Tag
from gallery.pages.access import members_only


@require_safe
@members_only
def names(request: HttpRequest) -> HttpResponse:
    """The options of the list for the text ``name``; the most used names without one."""
    typed = request.GET.get("name", "")
    if len(typed) > Tag.MAX_NAME:
        raise InvalidInput("A tag may have at most 60 characters.", parameter="name")
    if typed.strip():
        tags = offered.beginning_with(typed, request.user)
    else:
        tags = offered.most_used(request.user)
    return render(request, "gallery/tags/names.html", {"offered": tags})
