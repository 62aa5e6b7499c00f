"""Fold near-duplicates into the best of them."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from gallery.models import EmbeddingSpace
from gallery.search.window import SIZE, Entry, Window
from gallery.vectorindex.duplicates import duplicate_pairs


def folded(window: Window, space: EmbeddingSpace) -> Window:
    """The window with one entry for each group of near-duplicates, which counts the others.

    Only the best ``SIZE`` entries are compared: twice as many take four times as long.
    """
    entries, hidden = fold(window.entries, duplicate_pairs(space, window.ids[:SIZE]))
    return dataclasses.replace(window, entries=tuple(entries), folded=tuple(hidden))


def continued(window: Window, larger: Window) -> Window:
    """The folded window, followed by the entries of a larger one that it does not have."""
    known = {*window.ids, *window.folded}
    following = tuple(entry for entry in larger.entries if entry.image_id not in known)
    return dataclasses.replace(window, entries=window.entries + following, complete=larger.complete)


def fold(
    entries: Sequence[Entry], pairs: Iterable[tuple[uuid.UUID, uuid.UUID]]
) -> tuple[list[Entry], list[uuid.UUID]]:
    """The entries that remain, and the ids of the others in the order of what they became part of.

    An entry is folded into the first one before it that it is a near-duplicate of, if that one
    remains. So a chain of pictures, each a little different from the one before, does not become
    one hit.
    """
    similar: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for first, second in pairs:
        similar[first].add(second)
        similar[second].add(first)
    remaining: list[Entry] = []
    groups: list[list[uuid.UUID]] = []  # The images that are folded into each of ``remaining``.
    places: dict[uuid.UUID, int] = {}  # In ``remaining``, of the entries that have duplicates.
    for entry in entries:
        duplicates = similar.get(entry.image_id)
        place = min((places[key] for key in duplicates or () if key in places), default=None)
        if place is None:
            if duplicates:
                places[entry.image_id] = len(remaining)
            remaining.append(entry)
            groups.append([])
        else:
            remaining[place] = _with_copy(remaining[place])
            groups[place].append(entry.image_id)
    return remaining, [key for group in groups for key in group]


def with_copies(window: Window, entries: Collection[Entry]) -> list[uuid.UUID]:
    """The ids of some entries of a folded window, and of the images that are folded into them."""
    selected, hidden = set(entries), iter(window.folded)
    ids = []
    for entry in window.entries:
        group = [entry.image_id, *islice(hidden, entry.copies)]
        if entry in selected:
            ids += group
    return ids


def _with_copy(entry: Entry) -> Entry:
    return entry._replace(copies=entry.copies + 1)
