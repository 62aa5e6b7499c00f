"""The numbers in an answer that name pictures which were sent. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_GROUP = re.compile(r"[\[【]\s*\d{1,3}(?:\s*[,，、]\s*\d{1,3})*\s*[\]】]")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class AnswerPart:
    """A piece of the answer; ``number`` is set if it cites the picture with that number."""

    text: str
    number: int | None = None


def parts_of(text: str, numbers: Collection[int]) -> list[AnswerPart]:
    """The answer in pieces, whose texts make up the answer again."""
    parts = []
    position = 0
    for start, end in _places(text):
        if int(text[start:end]) in numbers:
            parts.append(AnswerPart(text[position:start]))
            parts.append(AnswerPart(text[start:end], int(text[start:end])))
            position = end
    parts.append(AnswerPart(text[position:]))
    return [part for part in parts if part.text]


def cited_in(text: str, numbers: Collection[int]) -> tuple[int, ...]:
    """In the order of their first citation."""
    cited = (part.number for part in parts_of(text, numbers) if part.number is not None)
    return tuple(dict.fromkeys(cited))


def _places(text: str) -> Iterator[tuple[int, int]]:
    for group in _GROUP.finditer(text):
        for number in _NUMBER.finditer(text, group.start(), group.end()):
            yield number.span()
