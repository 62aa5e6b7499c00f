"""Pages of images by the date taken, else uploaded."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Coalesce

from gallery.models import Image, ImageQuerySet
from gallery.search.paging.rows import RowOptions, rows_of

Dated = tuple[datetime, uuid.UUID]


def page_by_date(
    images: ImageQuerySet,
    options: RowOptions,
    *,
    after: Dated | None,
    oldest: bool,
    limit: int,
) -> tuple[list[Image], Dated | None]:
    """At most ``limit`` rows after the image ``after``, and the last one if others follow."""
    rows = images.annotate(date=Coalesce("taken_at", "created_at"))
    sign = "" if oldest else "-"
    rows = rows.order_by(f"{sign}date", f"{sign}pk")
    if after:
        date, image_id = after
        beyond = "gt" if oldest else "lt"
        same = Q(**{"date": date, f"pk__{beyond}": image_id})
        rows = rows.filter(Q(**{f"date__{beyond}": date}) | same)
    page = sorted(rows_of(rows[: limit + 1], options), key=_dated, reverse=not oldest)
    return page[:limit], _dated(page[limit - 1]) if len(page) > limit else None


def _dated(image: Image) -> Dated:
    return image.taken_at or image.created_at, image.pk
