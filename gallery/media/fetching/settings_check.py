"""A system check: an entry of the lists of servers that is no server would stop all fetching."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from gallery.core.config import config
from gallery.media.fetching.policy import entry_of


@register
def check_servers(**_: Any) -> list[CheckMessage]:
    limits = config()
    lists = {"GALLERY_FETCH_ALLOW": limits.fetch_allow, "GALLERY_FETCH_DENY": limits.fetch_deny}
    return [
        error for name, texts in lists.items() for text in texts for error in _errors(name, text)
    ]


def _errors(name: str, text: str) -> list[CheckMessage]:
    try:
        entry_of(text)
    except ValueError as error:
        return [Error(f"{name}: {error}", id="gallery.E002")]
    return []
