"""Fold near-duplicates into the best of them."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from gallery.models import EmbeddingSpace
from gallery.search.window import Entry, Window
from gallery.vectorindex.duplicates import duplicate_pairs


def folded(window: Window, space: EmbeddingSpace) -> Window:
    """The window with one entry for each group of near-duplicates, which counts the others."""
    entries, hidden = fold(window.entries, duplicate_pairs(space, window.ids))
    return dataclasses.replace(window, entries=tuple(entries), folded=tuple(hidden))


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
    copies: dict[uuid.UUID, list[uuid.UUID]] = {}
    for entry in entries:
        kept = next((key for key in copies if key in similar[entry.image_id]), None)
        if kept is None:
            copies[entry.image_id] = []
        else:
            copies[kept].append(entry.image_id)
    remaining = [
        dataclasses.replace(entry, copies=len(copies[entry.image_id]))
        for entry in entries
        if entry.image_id in copies
    ]
    return remaining, [key for hidden in copies.values() for key in hidden]


def with_copies(window: Window, entries: Collection[Entry]) -> list[uuid.UUID]:
    """The ids of some entries of a folded window, and of the images that are folded into them."""
    wanted, hidden = set(entries), iter(window.folded)
    ids = []
    for entry in window.entries:
        group = [entry.image_id, *islice(hidden, entry.copies)]
        if entry in wanted:
            ids += group
    return ids
