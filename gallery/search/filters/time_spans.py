"""When a picture was taken or uploaded. ``after`` includes its moment, ``before`` excludes it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThan


def between(column: str, after: datetime | None, before: datetime | None) -> Q:
    condition = Q()
    if after is not None:
        condition &= Q(**{f"{column}__gte": after})
    if before is not None:
        condition &= Q(**{f"{column}__lt": before})
    return condition


def dated_between(after: datetime | None, before: datetime | None) -> Q:
    """By the date taken, or by the upload if that is unknown; the index ``image_dated``."""
    dated = Coalesce(F("taken_at"), F("created_at"))
    condition = Q()
    if after is not None:
        condition &= Q(GreaterThanOrEqual(dated, after))
    if before is not None:
        condition &= Q(LessThan(dated, before))
    return condition
