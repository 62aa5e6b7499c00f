"""Many decisions by the names of tags, in a number of statements that does not grow with them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_noop

from gallery.core.errors import ContradictoryDecisions, GalleryError, NotFound
from gallery.curation.tags import decide as by_tag
from gallery.curation.tags import limits, vocabulary
from gallery.models import Image, Tag, TagState, User
from gallery.models.tags.names import key_of


class NamedDecision(NamedTuple):
    """``name`` is normalised."""

    image_id: uuid.UUID
    name: str
    state: TagState


@transaction.atomic
def decide_all(decisions: Sequence[NamedDecision], *, user: User) -> list[GalleryError | None]:
    """Decide in this order. The result has for each decision the error that it failed with, and
    which leaves the others: that of ``by_name.decide``, or ``NotFound`` for an image that the user
    may not change. Raises ``ContradictoryDecisions``."""
    older = vocabulary.keys_by_name(Tag.objects.all(), [each.name for each in decisions])
    tags = _tags_of(decisions, older, user)
    _refuse_contradictions(decisions, tags)
    # First the tags, then the images, each in the order of their keys, as a single decision does.
    used = {key for keys in tags.values() for key in keys.values()}
    locked_tags = Tag.objects.filter(pk__in=used).order_by("pk").select_for_update(no_key=True)
    existing = set(locked_tags.values_list("pk", flat=True))
    approved = _approved_tags(user, {each.image_id for each in decisions})
    states: dict[tuple[uuid.UUID, int], TagState] = {}
    errors: list[GalleryError | None] = []
    for each in decisions:
        try:
            tag_id = _existing(each, tags[each.state], existing)
            _note(approved, each, tag_id)
        except GalleryError as error:
            errors.append(error)
        else:
            states[each.image_id, tag_id] = each.state
            errors.append(None)
    by_tag.store(states, user=user)
    # No new tag stays without a picture.
    new = used - set(older.values())
    Tag.objects.filter(pk__in=new, created_by=user.pk, image_tags=None).delete()
    return errors


def _tags_of(
    decisions: Sequence[NamedDecision], older: dict[str, int], user: User
) -> dict[TagState, dict[str, int]]:
    """The keys of the tags that may be approved or rejected, by the keys of their names. New names
    are added for approvals, as many as the person may add today."""
    approved = [each.name for each in decisions if each.state == TagState.APPROVED]
    rejected = [each.name for each in decisions if each.state == TagState.REJECTED]
    new = [name for name in approved if key_of(name) not in older]
    if new:
        vocabulary.add_some(new, user=user)
    return {
        TagState.APPROVED: vocabulary.keys_by_name(Tag.objects.all(), approved),
        TagState.REJECTED: vocabulary.keys_by_name(vocabulary.known_to(user), rejected),
    }


def _refuse_contradictions(
    decisions: Sequence[NamedDecision], tags: dict[TagState, dict[str, int]]
) -> None:
    """Two names may be those of one tag."""
    states: dict[tuple[uuid.UUID, int], TagState] = {}
    for index, each in enumerate(decisions):
        tag_id = tags[each.state].get(key_of(each.name))
        if tag_id is None:
            continue
        if states.setdefault((each.image_id, tag_id), each.state) != each.state:
            message = gettext_noop("Another decision says the opposite about this tag and image.")
            raise ContradictoryDecisions(message, index=index)


def _approved_tags(user: User, keys: Collection[uuid.UUID]) -> dict[uuid.UUID, set[int]]:
    """Of the images that the user may change, which are locked."""
    images = Image.objects.changeable_by(user).filter(pk__in=keys).order_by("pk")
    locked = images.select_for_update(no_key=True, of=("self",))
    return {key: set(tags) for key, tags in locked.values_list("pk", "tag_ids")}


def _existing(decision: NamedDecision, keys: dict[str, int], existing: Collection[int]) -> int:
    """The tag of the decision. Raises ``NotFound`` and ``TooManyTags``."""
    tag_id = keys.get(key_of(decision.name))
    if tag_id is None and decision.state == TagState.APPROVED:
        raise limits.too_many_new_names()
    if tag_id not in existing or tag_id is None:
        raise NotFound(gettext_noop("There is no tag with this name."))
    return tag_id


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
