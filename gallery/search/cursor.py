"""Keyset pagination of images, newest first: pages stay the same while pictures arrive."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from django.db.models import Q

from gallery.models import Image, ImageQuerySet

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TEXT = re.compile(r"(newer-)?(\d{1,17})-([0-9a-f]{32})")


@dataclass(frozen=True)
class Cursor:
    """The image at the edge of a page, and whether the next page holds older or newer images.

    As text: ``[newer-]<microseconds since 1970>-<image id>``. PostgreSQL keeps microseconds.
    """

    created_at: datetime
    id: uuid.UUID
    newer: bool = False

    def __str__(self) -> str:
        microseconds = (self.created_at - _EPOCH) // timedelta(microseconds=1)
        return f"{'newer-' if self.newer else ''}{microseconds}-{self.id.hex}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ``ValueError`` if ``text`` is not the text of a cursor."""
        match = _TEXT.fullmatch(text)
        if not match:
            raise ValueError("The cursor is not valid.")
        created_at = _EPOCH + timedelta(microseconds=int(match[2]))
        return cls(created_at, uuid.UUID(match[3]), newer=bool(match[1]))


@dataclass(frozen=True)
class ImagePage:
    """Images, newest first. ``next`` leads to older images, ``previous`` to newer ones."""

    images: list[Image]
    next: Cursor | None
    previous: Cursor | None


def page_at(cursor: Cursor | None, images: ImageQuerySet, *, size: int) -> ImagePage:
    """The page of at most ``size`` images at ``cursor``, or the newest images without one."""
    newer = cursor is not None and cursor.newer
    rows = images.order_by("created_at", "id") if newer else images.order_by("-created_at", "-id")
    if cursor:
        rows = rows.filter(_beyond(cursor))
    # One row more than needed shows whether another page follows.
    loaded = list(rows[: size + 1])
    more, page = len(loaded) > size, loaded[:size]
    if newer:
        page.reverse()
    if not page:
        return ImagePage([], next=None, previous=None)
    first, last = page[0], page[-1]
    has_older = newer or more
    has_newer = more if newer else cursor is not None
    return ImagePage(
        page,
        next=Cursor(last.created_at, last.pk) if has_older else None,
        previous=Cursor(first.created_at, first.pk, newer=True) if has_newer else None,
    )


def _beyond(cursor: Cursor) -> Q:
    # The condition on created_at alone lets the index scan start at the cursor.
    if cursor.newer:
        beyond = Q(created_at__gt=cursor.created_at) | Q(id__gt=cursor.id)
        return beyond & Q(created_at__gte=cursor.created_at)
    beyond = Q(created_at__lt=cursor.created_at) | Q(id__lt=cursor.id)
    return beyond & Q(created_at__lte=cursor.created_at)
