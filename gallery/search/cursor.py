"""Keyset pagination of lists of images: pages stay the same while pictures arrive."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Self

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from gallery.models import Image, ImageQuerySet

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TEXT = re.compile(r"(\w+)-(previous-)?(-?\d{1,18})-([0-9a-f]{32})")


class ListOrder(StrEnum):
    """``NEWEST`` and ``OLDEST`` are by the date taken, else uploaded, as in searches; ``UPLOADED``
    has the last upload first.
    """

    NEWEST = "newest"
    OLDEST = "oldest"
    UPLOADED = "uploaded"

    def moment_of(self, image: Image) -> datetime:
        if self is ListOrder.UPLOADED:
            return image.created_at
        return image.taken_at or image.created_at


# The expressions of the indexes ``image_dated`` and ``image_newest``.
_MOMENTS = {
    ListOrder.NEWEST: Coalesce("taken_at", "created_at"),
    ListOrder.OLDEST: Coalesce("taken_at", "created_at"),
    ListOrder.UPLOADED: F("created_at"),
}


@dataclass(frozen=True)
class Cursor:
    """The image at the edge of a page in this order, and whether the page before or the page
    after it is meant.

    As text: ``<order>-[previous-]<microseconds since 1970>-<image id>``. PostgreSQL keeps
    microseconds.
    """

    order: ListOrder
    moment: datetime
    id: uuid.UUID
    previous: bool = False

    def __str__(self) -> str:
        microseconds = (self.moment - _EPOCH) // timedelta(microseconds=1)
        return f"{self.order}-{'previous-' * self.previous}{microseconds}-{self.id.hex}"

    @classmethod
    def parse(cls, text: str, order: ListOrder) -> Self:
        """Raises ``ValueError`` if ``text`` is not the text of a cursor of this order."""
        match = _TEXT.fullmatch(text)
        if not match or match[1] != order:
            raise ValueError("The cursor is not valid.")
        try:
            moment = _EPOCH + timedelta(microseconds=int(match[3]))
        except OverflowError:
            raise ValueError("The cursor is not valid.") from None
        return cls(order, moment, uuid.UUID(match[4]), previous=bool(match[2]))


@dataclass(frozen=True)
class ImagePage:
    images: list[Image]
    next: Cursor | None
    previous: Cursor | None


def page_at(
    cursor: Cursor | None, images: ImageQuerySet, *, size: int, order: ListOrder
) -> ImagePage:
    """The page of at most ``size`` images at ``cursor``, or the first page without one."""
    backwards = cursor is not None and cursor.previous
    ascending = (order is ListOrder.OLDEST) != backwards
    sign = "" if ascending else "-"
    rows = images.alias(moment=_MOMENTS[order]).order_by(f"{sign}moment", f"{sign}id")
    if cursor:
        rows = rows.filter(_beyond(cursor, "gt" if ascending else "lt"))
    # One row more than needed shows whether another page follows.
    loaded = list(rows[: size + 1])
    more, page = len(loaded) > size, loaded[:size]
    if backwards:
        page.reverse()
    if not page:
        return ImagePage([], next=None, previous=None)
    first, last = page[0], page[-1]
    has_next = backwards or more
    has_previous = more if backwards else cursor is not None
    return ImagePage(
        page,
        next=Cursor(order, order.moment_of(last), last.pk) if has_next else None,
        previous=Cursor(order, order.moment_of(first), first.pk, True) if has_previous else None,
    )


def adjacent_to(
    image: Image, images: ImageQuerySet, order: ListOrder
) -> tuple[Image | None, Image | None]:
    """The images before and after ``image`` in the list, which need not contain it."""
    moment = order.moment_of(image)
    before, after = (
        page_at(Cursor(order, moment, image.pk, previous), images, size=1, order=order).images
        for previous in (True, False)
    )
    return (before[0] if before else None, after[0] if after else None)


def _beyond(cursor: Cursor, side: str) -> Q:
    # The condition on the moment alone lets the index scan start at the cursor.
    beyond = Q(**{f"moment__{side}": cursor.moment}) | Q(**{f"id__{side}": cursor.id})
    return beyond & Q(**{f"moment__{side}e": cursor.moment})
