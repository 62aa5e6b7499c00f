"""Search by text, by picture or by both. The address holds the whole query."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from gallery.core.errors import BadCursor, EmptyFile
from gallery.core.request_origin import is_own_request
from gallery.core.size_limits import file_too_large
from gallery.core.upload_cap import refused_files
from gallery.ingest.by_url import fetched, new_deadline
from gallery.models import Image, ImportJob, State, User
from gallery.pages.access import readers_only
from gallery.pages.forms import PictureForm
from gallery.pages.requests.visitors import limited_searches
from gallery.pages.search.address import SearchAddress
from gallery.pages.search.chips.shown_chips import chips_of
from gallery.pages.search.facets import shown_facets
from gallery.pages.search.form import MODES, ORDERS, SearchForm
from gallery.pages.search.hits import shown_hits
from gallery.pages.search.intent_line import intent_line_of
from gallery.pages.search.pending import pending_notice
from gallery.pages.search.taste import query_of
from gallery.pages.search.tips import TIPS
from gallery.recommendations.activity.record import record_search
from gallery.search import engine, query_pictures
from gallery.search.facets import facets_of
from gallery.search.query import Mode, Order, RelevantImages, SearchQuery


@require_http_methods(["GET", "HEAD", "POST"])
@readers_only
@limited_searches("anonymous_search")
def search(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _search_by_picture(request)
    is_own = is_own_request(request)
    form = SearchForm(request.GET, request.user, may_use_model=is_own)
    query = query_of(form)
    context = _results(request, query, form) if query else {}
    if query and is_own and request.method == "GET":
        record_search(request.user, query.text)
    context = {"query": query, "parsed": form.parsed, "tips": TIPS, **context}
    return render(request, "gallery/search/page.html", context)


@require_safe
@readers_only
@limited_searches("anonymous_filters")
def filters(request: HttpRequest) -> HttpResponse:
    """The filters that narrow a search, loaded after its results so that they do not wait."""
    form = SearchForm(request.GET, request.user, may_use_model=is_own_request(request))
    query, address = query_of(form), SearchAddress.of(request.GET)
    relevant = _images_to_count(query, request.user)
    counts = facets_of(relevant.images, user=request.user)
    context = {
        "query": query,
        "address": address,
        "facets": shown_facets(counts, form.parsed, address),
        "counted": counts.counted,
        "capped": counts.capped or not relevant.complete,
        "tips": TIPS,
    }
    return render(request, "gallery/search/filters_page.html", context)


@require_safe
@readers_only
def query_preview(request: HttpRequest, key: str) -> HttpResponse:
    response = HttpResponse(query_pictures.recall(key).preview, content_type="image/webp")
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _search_by_picture(request: HttpRequest) -> HttpResponse:
    key = query_pictures.remember(_sent_picture(request))
    # Redirect to an address that can be reloaded and shared. The text of the search stays.
    address = SearchAddress.of(request.POST).without(("picture_url",)).with_value("picture", key)
    if address.value("mode") == Mode.WORDS:
        address = address.replacing("mode", "")
    return HttpResponseRedirect(str(address), status=303)


def _sent_picture(request: HttpRequest) -> bytes:
    """An uploaded file, or the picture at an address that was dropped."""
    form = PictureForm(request.POST, request.FILES)
    if refused_files(request):
        raise file_too_large()
    if not form.is_valid():
        raise EmptyFile("No picture was sent.")
    if url := form.cleaned_data["picture_url"]:
        with fetched(url, user=request.user, deadline=new_deadline()) as picture:
            return b"".join(picture.chunks)
    data: bytes = form.cleaned_data["picture"].read()
    return data


def _images_to_count(query: SearchQuery | None, user: User) -> RelevantImages:
    if query is None:
        return RelevantImages(Image.objects.visible_to(user), complete=True)
    try:
        return engine.relevant_images(query, user)
    except BadCursor:  # The ranking has expired.
        return engine.relevant_images(dataclasses.replace(query, cursor=""), user)


def _results(request: HttpRequest, query: SearchQuery, form: SearchForm) -> dict[str, Any]:
    result = engine.search(query, request.user)
    address = SearchAddress.of(request.GET)
    visible = Image.objects.visible_to(request.user)
    images = _pictures_of(query, request)
    imports = _imports_of(form, request.user)
    is_ranked = bool(query.text or query.terms or query.liked)
    return {
        "result": result,
        "hits": shown_hits(result, address),
        "pending_notice": pending_notice(result.pending),
        "chips": chips_of(query, form, address=address, images=images, imports=imports),
        "intent_line": intent_line_of(form, address),
        "address": address,
        "counts_address": address.filters(result.next or query.cursor),
        "without_taste": address.replacing("taste", ""),
        "any_similarity": address.replacing("min_similarity", ""),
        "has_pictures": bool(images or query.liked or query.disliked or address.value("picture")),
        "is_ranked": is_ranked,
        "modes": MODES,
        # Filters alone list the pictures by date: nothing matches better than the others.
        "orders": {
            order: label
            for order, label in ORDERS.items()
            if is_ranked or order is not Order.RELEVANCE
        },
        "similar_to": images.get(query.image_id) if query.image_id else None,
        "searchable": bool(result.hits) or visible.filter(state=State.READY).exists(),
        "gallery_empty": not result.hits and not visible.exists(),
    }


def _imports_of(form: SearchForm, user: User) -> dict[uuid.UUID, str]:
    """The names of the person's imports that operators have the IDs of."""
    keys = {operator.conditions.import_id for operator in form.parsed.operators}
    named = [key for key in keys if key is not None]
    if not named:
        return {}
    return dict(ImportJob.objects.of(user).filter(pk__in=named).values_list("pk", "name"))


def _pictures_of(query: SearchQuery, request: HttpRequest) -> dict[uuid.UUID, Image]:
    keys = {*query.liked, *query.disliked, *(term.image_id for term in query.terms)} - {None}
    visible = Image.objects.visible_to(request.user)
    return visible.defer("exif").in_bulk(list(keys)) if keys else {}
