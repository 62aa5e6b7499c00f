"""The ranked images that the first pages of a search are taken from."""

from __future__ import annotations

import dataclasses
import math
import struct
import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Self

from gallery.search.query import Reason
from gallery.search.vectors.mixture import Mixture

# Images by meaning, and by words, that are ranked together.
SIZE = 200
# Images by words where none follow by meaning: fewer images have a vector, or none was computed.
MOST_BY_WORDS = 500
_REASONS = tuple(Reason)
# Image, similarity and the judged one (NaN: unknown), the two flags, the vector and the reasons as
# bits, copies.
_ROW = struct.Struct("<16sffHH")
_HEAD = struct.Struct("<?HB")
_MIXTURE = struct.Struct("<4f")
_EXACT = 1 << len(_REASONS)
_ALL_WORDS = _EXACT << 1
# The position of the vector is above the flags. No query has so many vectors: it is unknown.
_VECTOR_SHIFT = len(_REASONS) + 2
_NO_VECTOR = (1 << 16 - _VECTOR_SHIFT) - 1
_MOST_COPIES = (1 << 16) - 1


class Entry(NamedTuple):
    """One ranked image. ``similarity`` is None if it is not known yet.

    ``exact``: the text is its title or file name, or a phrase in it; ``all_words``: it has all
    words of the text. ``copies`` is the number of near-duplicates that are folded into it.
    ``vector`` is the position of the query vector that the similarity belongs to, where there are
    several; None if that is not known. ``judged`` is the similarity that decides the band, where
    that is another one.
    """

    image_id: uuid.UUID
    similarity: float | None
    reasons: tuple[Reason, ...] = ()
    exact: bool = False
    all_words: bool = False
    copies: int = 0
    vector: int | None = None
    judged: float | None = None


@dataclass(frozen=True)
class Window:
    """Best first. ``complete`` is True if no other image matches the query.

    ``folded`` are near-duplicates of the entries, which are not shown. ``mixtures`` has one value
    for each query vector; it is empty if the kind of a term is not known, or without vectors.
    """

    entries: tuple[Entry, ...]
    complete: bool
    folded: tuple[uuid.UUID, ...] = ()
    mixtures: tuple[Mixture, ...] = ()

    @property
    def ids(self) -> tuple[uuid.UUID, ...]:
        return tuple(entry.image_id for entry in self.entries)

    def to_bytes(self) -> bytes:
        """28 bytes for each entry, and 16 for each query vector and each folded image."""
        rows = [_HEAD.pack(self.complete, len(self.entries), len(self.mixtures))]
        rows += [_MIXTURE.pack(*dataclasses.astuple(mixture)) for mixture in self.mixtures]
        for entry in self.entries:
            similarities = [
                math.nan if value is None else value for value in (entry.similarity, entry.judged)
            ]
            bits = _bits(entry.reasons)
            bits |= (_EXACT if entry.exact else 0) | (_ALL_WORDS if entry.all_words else 0)
            bits |= (_NO_VECTOR if entry.vector is None else entry.vector) << _VECTOR_SHIFT
            copies = min(entry.copies, _MOST_COPIES)
            rows.append(_ROW.pack(entry.image_id.bytes, *similarities, bits, copies))
        return b"".join(rows) + b"".join(image_id.bytes for image_id in self.folded)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        complete, count, vectors = _HEAD.unpack_from(data)
        start = _HEAD.size + vectors * _MIXTURE.size
        end = start + count * _ROW.size
        return cls(
            tuple(_entry(*row) for row in _ROW.iter_unpack(data[start:end])),
            complete,
            tuple(uuid.UUID(bytes=data[at : at + 16]) for at in range(end, len(data), 16)),
            tuple(Mixture(*row) for row in _MIXTURE.iter_unpack(data[_HEAD.size : start])),
        )


@lru_cache
def _bits(reasons: tuple[Reason, ...]) -> int:
    return sum(1 << _REASONS.index(reason) for reason in reasons)


@lru_cache
def _reasons(bits: int) -> tuple[Reason, ...]:
    return tuple(reason for index, reason in enumerate(_REASONS) if bits & 1 << index)


def _entry(key: bytes, similarity: float, judged: float, bits: int, copies: int) -> Entry:
    return Entry(
        uuid.UUID(bytes=key),
        None if math.isnan(similarity) else similarity,
        _reasons(bits),
        exact=bool(bits & _EXACT),
        all_words=bool(bits & _ALL_WORDS),
        copies=copies,
        vector=None if bits >> _VECTOR_SHIFT == _NO_VECTOR else bits >> _VECTOR_SHIFT,
        judged=None if math.isnan(judged) else judged,
    )
