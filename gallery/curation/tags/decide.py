"""What people decide about the tags of an image. The caller checks that they may change it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from gallery.core.errors import DecidedSince, NotFound
from gallery.curation.tags import limits
from gallery.models import Image, ImageQuerySet, ImageTag, Tag, TagSource, TagState, User

_ROWS_AT_ONCE = 1_000


def approve(image: Image, tag: Tag, *, user: User) -> ImageTag:
    """The image has the tag, whether it was suggested or not. Raises ``TooManyTags``."""
    limits.require_room(image, tag)
    return _decide(image, tag, TagState.APPROVED, user)


def reject(image: Image, tag: Tag, *, user: User) -> ImageTag:
    """The image has not the tag, which is not suggested for it again."""
    return _decide(image, tag, TagState.REJECTED, user)


def withdraw(image: Image, tag: Tag) -> None:
    """Undo a decision: what was suggested is a suggestion again if the tag is still suggested, what
    a person gave is gone, and the image has what its file says. Raises ``NotFound``.
    """
    if not withdraw_all(ImageTag.objects.filter(image=image), tag):
        raise NotFound("The image has no such tag.")


@transaction.atomic
def withdraw_all(rows: QuerySet[ImageTag], tag: Tag) -> int:
    """Undo those of the decisions that are about the tag; returns how many there were.

    Locks the images first, in the order of their keys, as a deletion does.
    """
    about = rows.filter(tag=tag)
    keys = set(about.values_list("image_id", flat=True))
    kept = _locked(Image.objects.filter(pk__in=keys))
    locked = about.filter(image__in=kept).order_by("image_id").select_for_update(of=("self",))
    images = dict(locked.values_list("pk", "image_id"))
    after = {TagSource.IMPORT: TagState.APPROVED}
    if tag.is_suggested:
        after[TagSource.ZERO_SHOT] = TagState.SUGGESTED
    withdrawn = ImageTag.objects.filter(pk__in=images)
    for source, state in after.items():
        withdrawn.filter(source=source).update(state=state, **_UNDECIDED)
    withdrawn.exclude(source__in=after).delete()
    _note_decisions(images.values())
    return len(images)


def require_newest(image: Image, tag: Tag, *, user: User) -> None:
    """Raises ``DecidedSince`` unless the newest decision about the tag is by this person."""
    if not ImageTag.objects.filter(image=image, tag=tag, decided_by=user.pk).exists():
        raise DecidedSince(gettext_noop("Someone else has decided since."))


@transaction.atomic
def decide(rows: QuerySet[ImageTag], state: TagState, *, user: User) -> int:
    """Approve or reject many suggestions; returns how many it decided about. A suggestion for an
    image that has no room for the tag is not approved.

    Locks the images first, in the order of their keys, as a deletion does.
    """
    suggested = rows.filter(state=TagState.SUGGESTED)
    images = set(suggested.values_list("image_id", flat=True))
    tags_of = _locked(Image.objects.filter(pk__in=images))
    ordered = suggested.filter(image__in=tags_of).order_by("image_id", "tag_id")
    locked = ordered.select_for_update(of=("self",))
    rows_of: dict[int, uuid.UUID] = {}
    for pk, image_id, tag_id in locked.values_list("pk", "image_id", "tag_id"):
        if state != TagState.APPROVED or limits.has_room(tags_of[image_id]):
            tags_of[image_id].append(tag_id)
            rows_of[pk] = image_id
    count = ImageTag.objects.filter(pk__in=rows_of).update(state=state, **_decided(user))
    _note_decisions(rows_of.values())
    return count


@transaction.atomic
def give(images: ImageQuerySet, tag: Tag, *, user: User) -> dict[TagState | None, list[uuid.UUID]]:
    """All the images have the tag; returns those that had it not, by the state that it had. Raises
    ``NotFound`` if the tag is deleted, and ``TooManyTags`` if one of the images has no room; then
    none gets it.
    """
    _lock(tag)
    tags_of = _locked(images)
    new = [key for key, tags in tags_of.items() if tag.pk not in tags]
    for key in new:
        limits.require_room_among(tags_of[key])
    states = dict(ImageTag.objects.filter(tag=tag, image__in=new).values_list("image_id", "state"))
    approved = {"tag": tag, "state": TagState.APPROVED, "source": TagSource.PERSON}
    _upsert([ImageTag(image_id=key, **approved, **_decided(user)) for key in new])
    before: dict[TagState | None, list[uuid.UUID]] = {}
    for key in new:
        state = TagState(states[key]) if key in states else None
        before.setdefault(state, []).append(key)
    return before


@transaction.atomic
def take_back(
    images: ImageQuerySet, tag: Tag, *, user: User, before: TagState | None = None
) -> int:
    """Undo ``give`` for images of which it returned the state ``before``: only approvals of this
    person; returns how many there were. Raises ``NotFound`` if the tag is deleted."""
    _lock(tag)
    given = ImageTag.objects.approved().filter(tag=tag, decided_by=user.pk)
    rows = given.filter(image__in=_locked(images))
    if before == TagState.REJECTED:
        return rows.update(state=before, **_decided(user))
    return withdraw_all(rows, tag)


def _locked(images: ImageQuerySet) -> dict[uuid.UUID, list[int]]:
    """The keys of the tags of each image."""
    rows = images.order_by("pk").select_for_update(no_key=True, of=("self",))
    return dict(rows.values_list("pk", "tag_ids"))


@transaction.atomic
def store(states: Mapping[tuple[uuid.UUID, int], TagState], *, user: User) -> None:
    """Decide about tags of images, by the keys of both, in one statement. The caller has locked
    the tags and the images."""
    rows = [
        ImageTag(image_id=image, tag_id=tag, state=state, source=TagSource.PERSON, **_decided(user))
        for (image, tag), state in sorted(states.items())
    ]
    _upsert(rows)
    _note_decisions(image for image, _ in states)


def _upsert(rows: Iterable[ImageTag]) -> None:
    """Add the rows; one that exists keeps its source."""
    ImageTag.objects.bulk_create(
        rows,
        batch_size=_ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["image", "tag"],
        update_fields=["state", "decided_by", "decided_at"],
    )


@transaction.atomic
def _decide(image: Image, tag: Tag, state: TagState, user: User) -> ImageTag:
    _lock(tag)
    _locked(Image.objects.filter(pk=image.pk))  # As a deletion does, before the row.
    row, _ = ImageTag.objects.update_or_create(
        image=image,
        tag=tag,
        defaults={"state": state, **_decided(user)},
        create_defaults={"state": state, "source": TagSource.PERSON, **_decided(user)},
    )
    _note_decisions([image.pk])
    return row


def _lock(tag: Tag) -> None:
    """A tag of a member ends with its last use, but not while it is locked. Raises ``NotFound``."""
    if not Tag.objects.filter(pk=tag.pk).select_for_update(no_key=True).exists():
        raise NotFound("There is no such tag.")


def _note_decisions(images: Iterable[uuid.UUID]) -> None:
    """The images have new versions, whether their approved tags have changed or not."""
    keys = sorted(set(images))
    locked = Image.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True)
    locked_keys = list(locked.values_list("pk", flat=True))
    Image.objects.filter(pk__in=locked_keys).update(updated_at=Now())


_UNDECIDED: dict[str, Any] = {"decided_by": None, "decided_at": None}


def _decided(user: User) -> dict[str, Any]:
    return {"decided_by_id": user.pk, "decided_at": Now()}
