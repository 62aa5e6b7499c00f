"""Addresses of a picture and of its files on this site.

A page of hits has hundreds of them, and Django needs some milliseconds to resolve so many.
"""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import Literal

from django.urls import get_script_prefix, reverse

_ANY = uuid.UUID(int=0)


def address_of(
    image_id: uuid.UUID, view: Literal["picture", "preview", "original"], size: str = ""
) -> str:
    """The path of a picture's page, of its original or of a preview. ``size`` is only for those."""
    return _pattern(view, size, get_script_prefix()).replace(str(_ANY), str(image_id))


@lru_cache(maxsize=64)
def _pattern(view: str, size: str, prefix: str) -> str:
    """The path of an image whose key is ``_ANY``. ``reverse`` adds the prefix of the site."""
    return reverse(view, args=[_ANY, size] if size else [_ANY])
