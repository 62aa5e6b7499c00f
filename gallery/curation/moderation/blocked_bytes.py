"""The list of the bytes that moderators of this gallery have blocked."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from gallery.curation.moderation import hash_lists
from gallery.models import HashListEntry, Image, ModerationAction, User
from gallery.models.moderation.rules import HashListEntryQuerySet

_LIST = "blocked here"


def add(images: Collection[uuid.UUID], user: User) -> None:
    """Block the copies of other owners, and uploads of these bytes, also after the images are
    deleted. A hash that is on another list stays there, with the action of that list.
    """
    hashes = _hashes_of(images)
    hash_lists.add([
        hash_lists.entry_of(
            value, note="", list_name=_LIST, action=ModerationAction.BLOCK, radius=0, user=user
        )
        for value in hashes
    ])  # fmt: skip
    hash_lists.apply(_entries(hashes), except_for=images)


def remove(images: Collection[uuid.UUID]) -> None:
    """Accept these bytes again. Copies that are blocked stay so until somebody decides."""
    _entries(_hashes_of(images)).delete()


def _hashes_of(images: Collection[uuid.UUID]) -> set[str]:
    return set(Image.objects.filter(pk__in=images).values_list("sha256", flat=True))


def _entries(hashes: Collection[str]) -> HashListEntryQuerySet:
    return HashListEntry.objects.filter(list_name=_LIST, value__in=hashes)
