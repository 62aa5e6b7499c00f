"""The sentences of a box: its text without phrases, excluded words and typed operators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gallery.search.syntax.tokens import Token, scan


class Run(NamedTuple):
    """``box[start:end]``: a sentence, or something typed that the rules leave alone."""

    start: int
    end: int
    is_sentence: bool


def runs_of(box: str) -> Iterator[Run]:
    """The runs of a cleaned box, in their order."""
    start = end = -1
    for token in scan(box):
        if _is_plain(token):
            start, end = (token.start if start < 0 else start), token.end
            continue
        if start >= 0:
            yield Run(start, end, is_sentence=True)
            start = -1
        yield Run(token.start, token.end, is_sentence=False)
    if start >= 0:
        yield Run(start, end, is_sentence=True)


def _is_plain(token: Token) -> bool:
    return not (token.name or token.quoted or token.negated)
