"""Lists of hashes: reading them from text, and what they mean for the images that exist."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction

from gallery.core.errors import InvalidInput
from gallery.media.perceptual_hash import from_hexadecimal
from gallery.models import HashListEntry, Image, ModerationAction, User
from gallery.models.locks import Lock, hold_in_transaction
from gallery.models.moderation import reasons
from gallery.models.moderation.reasons import ModerationReason
from gallery.models.moderation.rules import MAX_RADIUS
from gallery.models.moderation.states import AUTOMATIC_ACTIONS

# A SHA-256, or a perceptual hash.
_HASH = re.compile(r"[0-9a-f]{64}|[0-9a-f]{16}")
_BLOCK = 1000


@dataclass(frozen=True)
class Imported:
    """``added`` entries are new, ``known`` ones were there and stay as they are; ``images`` is the
    number of reasons for images that exist."""

    added: int
    known: int
    images: int


def import_list(
    lines: Iterable[str],
    *,
    name: str,
    action: ModerationAction,
    radius: int = 0,
    user: User | None = None,
) -> Imported:
    """One hash on each line, and after a space a note, as ``sha256sum`` writes them. Lines that
    begin with ``#`` are comments. ``radius`` is for perceptual hashes.

    All lines are read before anything is stored, and all entries are stored before images are
    searched: another import of the same lines continues one that was interrupted. Raises
    ``InvalidInput``, which names the line.
    """
    _check(name, action, radius)
    entries = [
        entry_of(value, note=note, list_name=name, action=action, radius=radius, user=user)
        for value, note in _parsed(lines)
    ]
    blocks = [entries[start : start + _BLOCK] for start in range(0, len(entries), _BLOCK)]
    added = sum(add(block) for block in blocks)
    images = 0
    for block in blocks:
        values = [entry.value for entry in block]
        images += apply(HashListEntry.objects.filter(value__in=values))
    return Imported(added, len(entries) - added, images)


def entry_of(
    value: str, *, note: str, list_name: str, action: str, radius: int, user: User | None
) -> HashListEntry:
    """Not stored yet. ``value`` is a hash."""
    entry = HashListEntry(
        value=value, note=note, list_name=list_name, action=action, radius=radius,
        created_by_id=None if user is None else user.pk,
    )  # fmt: skip
    complete(entry)
    return entry


def complete(entry: HashListEntry) -> None:
    """Set the fields that follow from the hash."""
    is_perceptual = len(entry.value) == 16
    entry.perceptual_hash = from_hexadecimal(entry.value) if is_perceptual else None
    entry.radius = entry.radius if is_perceptual else 0


@transaction.atomic
def add(entries: Collection[HashListEntry]) -> int:
    """Store those whose hashes are new, and return how many there are. ``apply`` them after the
    commit."""
    wait_for_uploads()
    values = [entry.value for entry in entries]
    known = set(HashListEntry.objects.filter(value__in=values).values_list("value", flat=True))
    HashListEntry.objects.bulk_create(entries, ignore_conflicts=True)
    return sum(value not in known for value in values)


def wait_for_uploads() -> None:
    """Wait until uploads that have read the lists are stored, so that ``apply`` finds them after
    the commit. Later uploads read the new lists."""
    hold_in_transaction(Lock.LISTED_BYTES)
    hold_in_transaction(Lock.LISTED_HASHES)


def apply(
    entries: Iterable[HashListEntry],
    *,
    except_for: Collection[uuid.UUID] = (),
    again: bool = False,
) -> int:
    """Hold, hide or block the images with these hashes; returns how many reasons are new. ``again``
    is that of ``reasons.note``."""
    entries = list(entries)
    by_value = {entry.value: entry for entry in entries if entry.perceptual_hash is None}
    images = Image.objects.exclude(pk__in=except_for)
    rows = images.filter(sha256__in=by_value).values_list("pk", "sha256")
    listed: list[ModerationReason] = [reasons.listed(key, by_value[sha256]) for key, sha256 in rows]
    for entry in entries:
        if entry.perceptual_hash is not None:
            near = images.perceptually_near(entry.perceptual_hash, distance=entry.radius)
            listed += [reasons.listed(key, entry) for key in near.values_list("pk", flat=True)]
    return sum(
        reasons.note(listed[start : start + _BLOCK], again=again)
        for start in range(0, len(listed), _BLOCK)
    )


def is_hash(value: str) -> bool:
    return _HASH.fullmatch(value) is not None


def _check(name: str, action: ModerationAction, radius: int) -> None:
    if action not in AUTOMATIC_ACTIONS:
        raise InvalidInput("The action must be hold, hide or block.", field="action")
    if len(name) > 60:
        raise InvalidInput("The name of a list may have at most 60 characters.", field="list")
    if not 0 <= radius <= MAX_RADIUS:
        raise InvalidInput(f"The radius must be from 0 to {MAX_RADIUS}.", field="radius")


def _parsed(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    seen = set()
    for number, line in enumerate(lines, 1):
        value, _, note = line.strip().lstrip("\ufeff").partition(" ")
        if not value or value.startswith("#"):
            continue
        value = value.lower()
        if not is_hash(value):
            raise InvalidInput(
                f"Line {number} does not begin with a hash of 64 or 16 hexadecimal digits.",
                field="file",
                line=number,
            )
        if "\0" in note:
            raise InvalidInput(f"Line {number} has a NUL character.", field="file", line=number)
        if value not in seen:
            seen.add(value)
            yield value, note.strip()[:200]
