"""Conditions on images: one filter for the lists of the pages and the API.

Permission is not part of it: start from ``Image.objects.visible_to(user)``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from gallery.models import ImageQuerySet, State, User


@dataclass(frozen=True, kw_only=True)
class ImageFilter:
    """A condition left at its default does not filter.

    ``*_after`` includes the moment itself and ``*_before`` excludes it. ``own`` keeps the images
    that the person owns, and ``external_id`` is searched among them. ``hide_failed_of_others``
    drops failed and quarantined images of others.
    """

    states: Collection[str] = ()
    visibility: str = ""
    own: bool = False
    hide_failed_of_others: bool = False
    created_after: datetime | None = None
    created_before: datetime | None = None
    taken_after: datetime | None = None
    taken_before: datetime | None = None
    external_id: str = ""


def matching(images: ImageQuerySet, conditions: ImageFilter, *, user: User) -> ImageQuerySet:
    """Those of ``images`` that meet ``conditions``; ``user`` is the person who asks."""
    owned = Q(owner_id=user.pk) if user.is_authenticated else Q(pk__in=[])
    images = images.filter(**_lookups(conditions))
    if conditions.own:
        images = images.filter(owned)
    if conditions.external_id:
        images = images.filter(owned, external_id=conditions.external_id)
    if conditions.hide_failed_of_others:
        images = images.filter(~Q(state__in=(State.FAILED, State.QUARANTINED)) | owned)
    return images


def _lookups(conditions: ImageFilter) -> dict[str, Any]:
    lookups = {
        "state__in": conditions.states,
        "visibility": conditions.visibility,
        "created_at__gte": conditions.created_after,
        "created_at__lt": conditions.created_before,
        "taken_at__gte": conditions.taken_after,
        "taken_at__lt": conditions.taken_before,
    }
    return {name: value for name, value in lookups.items() if value}
