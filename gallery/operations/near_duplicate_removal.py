"""Keeps one of some near-duplicates and deletes the others."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.db import transaction

from gallery.core.errors import InvalidInput
from gallery.curation.near_duplicates.decide import require_group
from gallery.curation.tags import decide
from gallery.ingest import change
from gallery.models import Image, ImageTag, Moderation, Tag, TagState, User, Visibility
from gallery.models.moderation.states import SEVERITY

# Fields that the kept picture takes from the others where its own is empty.
_MERGED = ("title", "caption", "taken_at")
# Who sees a picture, the fewest people first.
_AUDIENCES = [Visibility.PRIVATE, Visibility.MEMBERS, Visibility.PUBLIC]


@transaction.atomic
def keep_best(
    best: uuid.UUID, keys: Collection[uuid.UUID], *, user: User, merge: bool = True
) -> int:
    """Delete these images except ``best``, for good; returns how many.

    With ``merge``, it gets the approved tags of the others, and their title, caption and date where
    it has none, but nothing of a picture that fewer people see.

    Raises ``InvalidInput`` if ``best`` is not one of the images, and ``NearDuplicatesChanged``.
    """
    if best not in keys:
        raise InvalidInput("The picture to keep must be one of the group.", field="best")
    require_group(keys, user)
    images = Image.objects.changeable_by(user).filter(pk__in=keys)
    if merge:
        _merge(images.get(pk=best), list(images.exclude(pk=best).order_by("created_at")), user)
    return change.delete(images.exclude(pk=best))


def _merge(best: Image, others: list[Image], user: User) -> None:
    sources = [each for each in others if _is_seen_by_all_who_see(best, each)]
    values: dict[str, Any] = {}
    for field in _MERGED:
        value = next((given for each in sources if (given := getattr(each, field))), None)
        if value and not getattr(best, field):
            values[field] = value
    if values:
        change.edit(best, **values)
    decided = ImageTag.objects.filter(image=best).exclude(state=TagState.SUGGESTED)
    tagged = ImageTag.objects.approved().filter(image__in=sources)
    for tag in Tag.objects.filter(image_tags__in=tagged).exclude(image_tags__in=decided).distinct():
        decide.approve(best, tag, user=user)


def _is_seen_by_all_who_see(best: Image, other: Image) -> bool:
    """Neither its visibility nor what moderators decided hides ``other`` from them."""
    best_audience, audience = (_AUDIENCES.index(Visibility(i.visibility)) for i in (best, other))
    best_severity, severity = (SEVERITY.index(Moderation(i.moderation)) for i in (best, other))
    return audience >= best_audience and severity <= best_severity
