"""The words of a sentence that no part covers, as a text to search for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gallery.search.intent.intent import Part

_EDGES = " \t,;.!?，。；！？、"
# Words that joined a part to the rest.
_LEADING = re.compile(
    r"^(?:(?:and|but|or|of|that are|which are)\b|的|但是?|并且|而且)\s*", re.IGNORECASE
)
_TRAILING = re.compile(
    r"\s*(?:\b(?:and|but|or|with|are|were|is)|来自|^把|拍摄?的|的|但是?|并且|而且)$", re.IGNORECASE
)


def rest_of(sentence: str, parts: Sequence[Part], offset: int) -> str:
    """``parts`` are places in the box, and ``sentence`` begins at ``offset`` of it."""
    pieces, position = [], 0
    for part in sorted(parts, key=lambda each: each.start):
        pieces.append(_cleaned(sentence[position : max(position, part.start - offset)]))
        position = max(position, part.end - offset)
    pieces.append(_cleaned(sentence[position:]))
    return " ".join(piece for piece in pieces if piece)


def _cleaned(piece: str) -> str:
    words = " ".join(piece.strip(_EDGES).split())
    words = _LEADING.sub("", words).strip(_EDGES)
    return _TRAILING.sub("", words).strip(_EDGES)
