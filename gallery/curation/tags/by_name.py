"""Decisions about the tags of an image by the names of the tags."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext_noop

from gallery.core.errors import NotFound
from gallery.curation.tags import decide as by_tag
from gallery.curation.tags import limits, vocabulary
from gallery.models import Image, ImageQuerySet, ImageTag, Tag, TagState, User
from gallery.models.tags.names import key_of


@transaction.atomic
def decide(image: Image, name: str, state: TagState, *, user: User) -> ImageTag:
    """Approve or reject the tag; a new name is approved only, and becomes a tag of the person.

    Raises ``InvalidInput``, ``NotFound`` and ``TooManyTags``.
    """
    tag = tag_for(name, state, user=user)
    if state == TagState.APPROVED:
        return by_tag.approve(image, tag, user=user)
    return by_tag.reject(image, tag, user=user)


def tag_for(name: str, state: TagState, *, user: User) -> Tag:
    """The tag that a decision means, created for an approval if it is new. Raises like
    ``decide``."""
    if state == TagState.APPROVED:
        return vocabulary.add(name, user=user, is_suggested=False)
    known = vocabulary.known_to(user).named(name).first()
    if known is None:
        raise NotFound(gettext_noop("There is no tag with this name."))
    return known


@transaction.atomic
def give(
    images: ImageQuerySet, name: str, *, user: User
) -> tuple[Tag, dict[TagState | None, list[uuid.UUID]]]:
    """All the images have the tag; a new name becomes a tag if they get it. Returns the tag and
    the images that had it not, by the state that it had. Raises like ``decide``."""
    tag = tag_for(name, TagState.APPROVED, user=user)
    return tag, by_tag.give(images, tag, user=user)


def require_new_names(names: Sequence[str], *, user: User) -> None:
    """Raises ``TooManyTags`` if one of the names is new and the person may add none today."""
    known = {key for keys in Tag.objects.named(*names).values_list(*_KEYS) for key in keys}
    if any(key_of(name) not in known for name in names):
        limits.require_new_name(user)


def approve_all(image: Image, names: Iterable[str], *, user: User) -> None:
    """Give the image the tags with these names: all or none. Raises like ``decide``."""
    with transaction.atomic():
        for name in names:
            decide(image, name, TagState.APPROVED, user=user)


_KEYS = ("name_key", "name_zh_key")
