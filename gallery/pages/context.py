"""Template variables of every page: theme, permissions, open reviews and the search model."""

from __future__ import annotations

import functools
import time
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from gallery.core.config import config
from gallery.ingest.by_url import may_fetch
from gallery.models import EmbeddingSpace
from gallery.pages.access import may_read, may_upload
from gallery.pages.browse import MAX_TILES
from gallery.pages.model_reasons import reason_label
from gallery.pages.near_duplicates.open_pairs import has_near_duplicates
from gallery.pages.tags.open_suggestions import has_suggestions
from gallery.pages.theme import theme_of

_CACHE_SECONDS = 5


def site(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", AnonymousUser())
    search_model = _search_model(int(time.monotonic() // _CACHE_SECONDS))
    return {
        "version": config().version,
        "theme": theme_of(request),
        "may_read": may_read(user),
        "may_upload": may_upload(user),
        "may_fetch_pictures": may_fetch(user),
        # Called by the menu only: other pages, as those of the admin, need not ask.
        "has_suggestions": functools.partial(has_suggestions, user),
        "has_near_duplicates": functools.partial(has_near_duplicates, user),
        "max_query_length": config().max_query_length,
        "max_tiles": MAX_TILES,
        "search_model": search_model,
        "search_model_reason": reason_label(search_model.reason) if search_model else "",
    }


def forget_search_model() -> None:
    """Read the search model again for the next page."""
    _search_model.cache_clear()


@functools.lru_cache(maxsize=1)
def _search_model(period: int) -> EmbeddingSpace | None:
    """The active space, read once per process and ``period``; None before a model is chosen.

    This is not ``spaces.active()``, because a site without a model is not an error here.
    """
    return EmbeddingSpace.objects.filter(active=True).first()
