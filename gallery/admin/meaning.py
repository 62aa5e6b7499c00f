"""The admin's search box, asked for a meaning."""

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


def by_meaning(
    admin: ModelAdmin[Image], request: HttpRequest, images: QuerySet[Image], *, text: str
) -> QuerySet[Image]:
    """The best hits for ``text`` among ``images``, best first; none, with the words why, if not."""
    query = SearchQuery(text=text, limit=config().max_results)
    try:
        hits = engine.search(query, request.user).hits
    except GalleryError as error:
        admin.message_user(request, error.message, messages.ERROR)
        return images.none()
    ranks = [When(pk=hit.image.pk, then=Value(rank)) for rank, hit in enumerate(hits)]
    found = images.filter(pk__in=[hit.image.pk for hit in hits])
    return found.order_by(Case(*ranks, default=Value(len(ranks)))) if ranks else found
