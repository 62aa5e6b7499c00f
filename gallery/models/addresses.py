"""Addresses of a picture and of its files on this site.

A page of hits has hundreds of them, and Django needs some milliseconds to resolve so many.
"""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import Literal

from django.urls import get_script_prefix, reverse

_ANY = "00000000-0000-0000-0000-000000000000"


def address_of(
    image_id: uuid.UUID, view: Literal["picture", "preview", "original"], size: str = ""
) -> str:
    """The path of a picture's page, of its original or of a preview. ``size`` is only for those."""
    before, after = _around(view, size, get_script_prefix())
    return f"{before}{image_id}{after}"


@lru_cache(maxsize=64)
def _around(view: str, size: str, prefix: str) -> tuple[str, str]:
    """What is before and after the key of the image. ``reverse`` adds the prefix of the site."""
    before, _, after = reverse(view, args=[_ANY, size] if size else [_ANY]).partition(_ANY)
    return before, after
