"""What every page shows: theme, who may upload, and which search model is at work."""

from __future__ import annotations

import functools
import time
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from gallery.core.config import config
from gallery.models import EmbeddingSpace
from gallery.pages.access import may_read, may_upload
from gallery.pages.appearance import theme_of

_SECONDS = 5


def site(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", AnonymousUser())
    return {
        "version": config().version,
        "theme": theme_of(request),
        "may_read": may_read(user),
        "may_upload": may_upload(user),
        "max_query_length": config().max_query_length,
        "search_model": _search_model(int(time.monotonic() // _SECONDS)),
    }


@functools.lru_cache(maxsize=1)
def _search_model(moment: int) -> EmbeddingSpace | None:
    """The active space, asked for once every few seconds per process; None before one is chosen.

    A plain query and not ``spaces.active()``: no model yet is a state to show, not an error.
    """
    return EmbeddingSpace.objects.filter(active=True).first()
