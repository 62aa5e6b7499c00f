"""Text that a model or a stranger wrote, without characters that do something. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

# An answer of the 150 words that are asked for has about 1,000 characters.
MAX_CHARACTERS = 6_000
# Control, format (the direction of text, invisible letters), half surrogate pairs, private use.
_REMOVED = {"Cc", "Cf", "Cs", "Co"}
_KEPT = {"\n", "\u200d"}  # the latter joins emoji


def cleaned(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\t", " ")
    return "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in _REMOVED)


def cleaned_pieces(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces cleaned, up to ``MAX_CHARACTERS`` in all."""
    left = MAX_CHARACTERS
    for piece in pieces:
        piece = cleaned(piece[: 2 * MAX_CHARACTERS])[:left]
        left -= len(piece)
        if piece:
            yield piece
        if left <= 0:
            return
