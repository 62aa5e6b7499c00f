"""A part of a search as the page shows it above the results."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from gallery.models import Image
from gallery.pages.search.address import SearchAddress

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Chip:
    """``image`` is a picture of the gallery and ``picture`` the key of an uploaded one. ``source``
    is the operator as it was typed, ``excluded`` the words that must not occur.
    """

    kind: str
    without: SearchAddress
    text: Text = ""
    excluded: str = ""
    source: str = ""
    image: Image | None = None
    picture: str = ""
