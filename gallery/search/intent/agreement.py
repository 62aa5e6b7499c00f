"""Which parts of a sentence hold beside typed operators and beside each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime

from gallery.search.filters import ImageFilter
from gallery.search.intent.rules.candidate import Candidate
from gallery.search.syntax import ParsedText, parse

_DEFAULT = ImageFilter()


def agreeing(parts: Sequence[Candidate], typed: ParsedText, now: datetime) -> list[Candidate]:
    """A typed operator wins over a part that sets the same condition to something else. Parts
    that contradict each other, as “christmas 2020 and christmas 2021”, all stay text.
    """
    conditions = {part: parse(part.operator, now=now) for part in parts if part.operator}
    typed_values = [_values(operator.conditions) for operator in typed.operators]
    kept = [
        part
        for part in parts
        if not part.operator
        or not any(_contradicts(_values(_only(conditions[part])), each) for each in typed_values)
    ]
    positive = [part for part in kept if part.operator and not part.operator.startswith("-")]
    together = parse(" ".join(part.operator for part in positive), now=now)
    if not together.conditions.required:
        return kept
    names = Counter(_name(part) for part in positive)
    return [part for part in kept if part not in positive or names[_name(part)] == 1]


def _only(parsed: ParsedText) -> ImageFilter:
    return parsed.operators[0].conditions


def _values(conditions: ImageFilter) -> dict[str, object]:
    """The fields that are set."""
    return {
        field.name: value
        for field in fields(conditions)
        if (value := getattr(conditions, field.name)) != getattr(_DEFAULT, field.name)
    }


def _contradicts(one: dict[str, object], other: dict[str, object]) -> bool:
    return any(name in other and other[name] != value for name, value in one.items())


def _name(part: Candidate) -> str:
    return part.operator.partition(":")[0]
