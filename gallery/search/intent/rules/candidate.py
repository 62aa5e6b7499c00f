"""A place in a sentence that may mean something, before overlaps are decided."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gallery.search.intent.intent import Part
from gallery.search.intent.known_names import KnownNames
from gallery.search.syntax import Operator, parse

CLAUSE_END = re.compile(r"[,;.!?，。；！？]")
# Words for pictures in general, which say nothing about what they show.
PICTURES = r"(?:pictures|photos|photographs|images|pics|pix|shots|snapshots|snaps)"
CHINESE_PICTURES = "(?:照片|图片|相片)"


@dataclass(frozen=True, kw_only=True)
class Context:
    """``now`` has the time zone of the person."""

    now: datetime
    names: KnownNames


@dataclass(frozen=True, kw_only=True)
class Candidate(Part):
    """``needs_company``: it counts only in a sentence with another part, since alone the same
    words are a subject, as “landscape” in a list of subjects.
    """

    needs_company: bool = False


def operator_in(text: str, now: datetime) -> Operator | None:
    """None if ``text`` is anything else than one typed operator with a possible value."""
    operators = parse(text, now=now).operators
    return operators[0] if len(operators) == 1 and operators[0].source == text.strip() else None


def overlaps(one: Part, other: Part) -> bool:
    return one.start < other.end and other.start < one.end


def without_overlaps(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The longest ones, in their order in the sentence."""
    chosen: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda each: (each.start - each.end, each.start)):
        if not any(overlaps(candidate, other) for other in chosen):
            chosen.append(candidate)
    return sorted(chosen, key=lambda each: each.start)


def is_clause(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` is everything between two commas."""
    return begins_clause(text, start) and ends_clause(text, end)


def begins_clause(text: str, start: int) -> bool:
    before = text[:start].rstrip()
    return not before or bool(CLAUSE_END.match(before[-1]))


def ends_clause(text: str, end: int) -> bool:
    after = text[end:].lstrip()
    return not after or bool(CLAUSE_END.match(after[0]))
