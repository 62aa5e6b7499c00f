"""The ranked images that the first pages of a search are taken from."""

from __future__ import annotations

import math
import struct
import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Self

from gallery.search.query import Reason

# Images by meaning, and by words, that are ranked together.
SIZE = 200
# Images by words where none follow by meaning: fewer images have a vector, or none was computed.
MOST_BY_WORDS = 500
_REASONS = tuple(Reason)
# Image, similarity (NaN: unknown), reasons and the two flags as bits, copies.
_ROW = struct.Struct("<16sfHH")
_HEAD = struct.Struct("<?H")
_EXACT = 1 << len(_REASONS)
_ALL_WORDS = _EXACT << 1
_MOST_COPIES = (1 << 16) - 1


class Entry(NamedTuple):
    """One ranked image. ``similarity`` is None if it is not known yet.

    ``exact``: the text is its title or file name, or a phrase in it; ``all_words``: it has all
    words of the text. ``copies`` is the number of near-duplicates that are folded into it.
    """

    image_id: uuid.UUID
    similarity: float | None
    reasons: tuple[Reason, ...] = ()
    exact: bool = False
    all_words: bool = False
    copies: int = 0


@dataclass(frozen=True)
class Window:
    """Best first. ``complete`` is True if no other image matches the query.

    ``folded`` are near-duplicates of the entries, which are not shown.
    """

    entries: tuple[Entry, ...]
    complete: bool
    folded: tuple[uuid.UUID, ...] = ()

    @property
    def ids(self) -> tuple[uuid.UUID, ...]:
        return tuple(entry.image_id for entry in self.entries)

    def to_bytes(self) -> bytes:
        """24 bytes for each entry and 16 for each folded image."""
        rows = [_HEAD.pack(self.complete, len(self.entries))]
        for entry in self.entries:
            similarity = math.nan if entry.similarity is None else entry.similarity
            bits = _bits(entry.reasons)
            bits |= (_EXACT if entry.exact else 0) | (_ALL_WORDS if entry.all_words else 0)
            copies = min(entry.copies, _MOST_COPIES)
            rows.append(_ROW.pack(entry.image_id.bytes, similarity, bits, copies))
        return b"".join(rows) + b"".join(image_id.bytes for image_id in self.folded)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        complete, count = _HEAD.unpack_from(data)
        end = _HEAD.size + count * _ROW.size
        entries = tuple(_entry(*row) for row in _ROW.iter_unpack(data[_HEAD.size : end]))
        keys = range(end, len(data), 16)
        return cls(entries, complete, tuple(uuid.UUID(bytes=data[at : at + 16]) for at in keys))


@lru_cache
def _bits(reasons: tuple[Reason, ...]) -> int:
    return sum(1 << _REASONS.index(reason) for reason in reasons)


@lru_cache
def _reasons(bits: int) -> tuple[Reason, ...]:
    return tuple(reason for index, reason in enumerate(_REASONS) if bits & 1 << index)


def _entry(key: bytes, similarity: float, bits: int, copies: int) -> Entry:
    return Entry(
        uuid.UUID(bytes=key),
        None if math.isnan(similarity) else similarity,
        _reasons(bits),
        exact=bool(bits & _EXACT),
        all_words=bool(bits & _ALL_WORDS),
        copies=copies,
    )
