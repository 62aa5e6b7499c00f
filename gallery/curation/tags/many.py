"""Many decisions by the names of tags, stored by one statement."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_noop

from gallery.core.errors import GalleryError, NotFound
from gallery.curation.tags import by_name, limits
from gallery.curation.tags import decide as by_tag
from gallery.models import Image, Tag, TagState, User


class NamedDecision(NamedTuple):
    image_id: uuid.UUID
    name: str
    state: TagState


@transaction.atomic
def decide_all(decisions: Sequence[NamedDecision], *, user: User) -> list[GalleryError | None]:
    """Decide in this order. The result has for each decision the error that it failed with, and
    which leaves the others: that of ``by_name.decide``, or ``NotFound`` for an image that the user
    may not change."""
    names = list(dict.fromkeys((each.name, each.state) for each in decisions))
    known = set(Tag.objects.named(*(name for name, _ in names)).values_list("pk", flat=True))
    tags = {(name, state): _tag_or_error(name, state, user) for name, state in names}
    # First the tags, then the images, each in the order of their keys, as a single decision does.
    used = {tag.pk for tag in tags.values() if isinstance(tag, Tag)}
    locked_tags = Tag.objects.filter(pk__in=used).order_by("pk").select_for_update(no_key=True)
    existing = set(locked_tags.values_list("pk", flat=True))
    approved = _approved_tags(user, {each.image_id for each in decisions})
    states: dict[tuple[uuid.UUID, int], TagState] = {}
    errors: list[GalleryError | None] = []
    for each in decisions:
        try:
            tag_id = _existing(tags[each.name, each.state], existing)
            _note(approved, each, tag_id)
        except GalleryError as error:
            errors.append(error)
        else:
            states[each.image_id, tag_id] = each.state
            errors.append(None)
    by_tag.store(states, user=user)
    # No new tag stays without a picture.
    Tag.objects.filter(pk__in=used - known, created_by=user.pk, image_tags=None).delete()
    return errors


def _tag_or_error(name: str, state: TagState, user: User) -> Tag | GalleryError:
    try:
        return by_name.tag_for(name, state, user=user)
    except GalleryError as error:
        return error


def _approved_tags(user: User, keys: Collection[uuid.UUID]) -> dict[uuid.UUID, set[int]]:
    """Of the images that the user may change, which are locked."""
    images = Image.objects.changeable_by(user).filter(pk__in=keys).order_by("pk")
    locked = images.select_for_update(no_key=True, of=("self",))
    return {key: set(tags) for key, tags in locked.values_list("pk", "tag_ids")}


def _existing(tag: Tag | GalleryError, existing: Collection[int]) -> int:
    if isinstance(tag, GalleryError):
        raise tag
    if tag.pk not in existing:
        raise NotFound(gettext_noop("There is no tag with this name."))
    return tag.pk


def _note(approved: dict[uuid.UUID, set[int]], decision: NamedDecision, tag_id: int) -> None:
    """Change ``approved``. Raises ``NotFound`` and ``TooManyTags``."""
    tags = approved.get(decision.image_id)
    if tags is None:
        raise NotFound(gettext_noop("There is no such image that you may change."))
    if decision.state == TagState.APPROVED:
        limits.require_room_among(tags - {tag_id})
        tags.add(tag_id)
    else:
        tags.discard(tag_id)
