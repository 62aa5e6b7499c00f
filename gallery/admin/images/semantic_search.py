"""Search by meaning in the admin's search box."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest

from gallery.core.config import config
from gallery.core.errors import GalleryError
from gallery.models import Image
from gallery.search import engine
from gallery.search.query import SearchQuery


def search_by_meaning(
    admin: ModelAdmin[Image], request: HttpRequest, images: QuerySet[Image], *, text: str
) -> QuerySet[Image]:
    """The best hits for ``text`` among ``images``, best first.

    If the search fails, the result is empty and the admin shows the error.
    """
    query = SearchQuery(text=text, limit=config().max_results)
    try:
        hits = engine.search(query, request.user).hits
    except GalleryError as error:
        admin.message_user(request, error.message, messages.ERROR)
        return images.none()
    ranks = [When(pk=hit.image.pk, then=Value(rank)) for rank, hit in enumerate(hits)]
    matches = images.filter(pk__in=[hit.image.pk for hit in hits])
    return matches.order_by(Case(*ranks, default=Value(len(ranks)))) if ranks else matches
