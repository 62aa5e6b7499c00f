"""Pages that stay put while pictures arrive: the cursor is the last row seen, not a number."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_noop

from gallery.core.errors import InvalidInput
from gallery.models import Image, ImageQuerySet

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORM = re.compile(r"(\d{1,17})-([0-9a-f]{32})")


@dataclass(frozen=True)
class Cursor:
    """Where a page ended, newest first; microseconds, because PostgreSQL keeps them."""

    created_at: datetime
    id: uuid.UUID

    def __str__(self) -> str:
        microseconds = (self.created_at - _EPOCH) // timedelta(microseconds=1)
        return f"{microseconds}-{self.id.hex}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        found = _FORM.fullmatch(text)
        if not found:
            raise InvalidInput(gettext_noop("This page address cannot be read."))
        moment = _EPOCH + timedelta(microseconds=int(found[1]))
        return cls(moment, uuid.UUID(found[2]))


@dataclass(frozen=True)
class Page:
    images: list[Image]
    next: Cursor | None


def newest_first(images: ImageQuerySet, *, after: Cursor | None, size: int) -> Page:
    rows = images.order_by("-created_at", "-id")
    if after:
        # The first condition alone lets the index start in the middle.
        older = Q(created_at__lt=after.created_at) | Q(id__lt=after.id)
        rows = rows.filter(older, created_at__lte=after.created_at)
    found = list(rows[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], Cursor(last.created_at, last.id) if last else None)
