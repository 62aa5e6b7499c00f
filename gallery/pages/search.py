"""Search by text or by picture. The address holds the whole query."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gallery.core.config import config
from gallery.core.errors import EmptyFile
from gallery.core.size_limits import file_too_large
from gallery.core.upload_cap import refused_files
from gallery.models import Image, State, User
from gallery.pages.access import readers_only
from gallery.pages.forms import PictureForm, SearchForm
from gallery.search import engine, query_pictures
from gallery.search.query import SearchQuery

# An exact count of a large table costs more than the search itself.
_MAX_COUNT = 10_000


@require_http_methods(["GET", "HEAD", "POST"])
@readers_only
def search(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _search_by_picture(request)
    query = SearchForm(request.GET).query()
    context = _results(query, request.user) if query else {}
    return render(request, "gallery/search/page.html", {"query": query, **context})


@require_safe
@readers_only
def query_preview(request: HttpRequest, key: str) -> HttpResponse:
    response = HttpResponse(query_pictures.recall(key).preview, content_type="image/webp")
    response["Cache-Control"] = "private, max-age=86400"
    return response


def _search_by_picture(request: HttpRequest) -> HttpResponse:
    form = PictureForm(request.POST, request.FILES)
    if refused_files(request):
        raise file_too_large()
    if not form.is_valid():
        raise EmptyFile("No picture was sent.")
    key = query_pictures.remember(form.cleaned_data["picture"].read())
    # Redirect to an address that can be reloaded and shared.
    address = reverse("search", query={"picture": key})
    return HttpResponseRedirect(address, status=303)


def _results(query: SearchQuery, user: User) -> dict[str, Any]:
    result = engine.search(query, user)
    visible = Image.objects.visible_to(user)
    ready = visible.filter(state=State.READY)[: _MAX_COUNT + 1].count()
    return {
        "result": result,
        "max_results": config().max_results,
        "similar_to": visible.filter(pk=query.image_id).first() if query.image_id else None,
        "searchable": min(ready, _MAX_COUNT),
        "searchable_is_capped": ready > _MAX_COUNT,
        "gallery_empty": not ready and not visible.exists(),
    }
