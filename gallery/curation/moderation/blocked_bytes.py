"""The list of the bytes that moderators of this gallery have blocked."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from gallery.curation.moderation import hash_lists
from gallery.models import HashListEntry, Image, ModerationAction, User
from gallery.models.moderation.rules import HashListEntryQuerySet

_LIST = "blocked here"


def add(images: Collection[uuid.UUID], user: User, *, again: bool = False) -> set[uuid.UUID]:
    """Block the copies of other owners, and uploads of these bytes, also after the images are
    deleted. A hash that is on another list stays there, and its uploads get the action of that
    list. ``again``: also copies that a moderator has restored since. Returns the images whose
    hashes are new.
    """
    sha256_of = _sha256_of(images)
    hashes = set(sha256_of.values())
    known = set(HashListEntry.objects.filter(value__in=hashes).values_list("value", flat=True))
    entries = [
        hash_lists.entry_of(
            value, note="", list_name=_LIST, action=ModerationAction.BLOCK, radius=0, user=user
        )
        for value in hashes
    ]
    hash_lists.add(entries)
    # Not the stored entries: those of other lists may only hold or hide.
    hash_lists.apply(entries, except_for=images, again=again)
    return {key for key, sha256 in sha256_of.items() if sha256 not in known}


def remove(images: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Accept these bytes again. Copies that are blocked stay so until somebody decides. Returns the
    images whose hashes were on the list."""
    sha256_of = _sha256_of(images)
    entries = _entries(sha256_of.values())
    listed = set(entries.values_list("value", flat=True))
    entries.delete()
    return {key for key, sha256 in sha256_of.items() if sha256 in listed}


def copies_of(images: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """The images with the bytes of these, among them these."""
    copies = Image.objects.filter(sha256__in=_sha256_of(images).values())
    return set(copies.values_list("pk", flat=True))


def _sha256_of(images: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    return dict(Image.objects.filter(pk__in=images).values_list("pk", "sha256"))


def _entries(hashes: Collection[str]) -> HashListEntryQuerySet:
    return HashListEntry.objects.filter(list_name=_LIST, value__in=hashes)
