"""Which parts of a sentence hold beside typed operators and beside each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from gallery.search.filters import ImageFilter
from gallery.search.intent.rules.candidate import Candidate
from gallery.search.syntax import Operator, ParsedText, parse

_DEFAULT = ImageFilter()
# A picture may have several tags and colours.
_TOGETHER = ("tags", "colour")


def agreeing(parts: Sequence[Candidate], typed: ParsedText, now: datetime) -> list[Candidate]:
    """A typed operator wins over a part that no picture meets with it. So the links of the facets,
    which type an operator that pictures of the search meet, keep what was understood. Parts that
    contradict each other, as “christmas 2020 and christmas 2021”, all stay text.
    """
    operators = {
        part: parse(part.operator, now=now).operators[0] for part in parts if part.operator
    }
    parts_left = [
        part
        for part in parts
        if not part.operator
        or not any(_contradict(operators[part], each) for each in typed.operators)
    ]
    positive = [part for part in parts_left if part.operator and not part.operator.startswith("-")]
    together = parse(" ".join(part.operator for part in positive), now=now)
    if not together.conditions.required:
        return parts_left
    names = Counter(_name(part) for part in positive)
    return [part for part in parts_left if part not in positive or names[_name(part)] == 1]


def _contradict(one: Operator, other: Operator) -> bool:
    if one.excludes and other.excludes:
        return False
    values, others = _values(one.conditions), _values(other.conditions)
    if one.excludes or other.excludes:
        return values == others
    return any(
        name in others and not _hold_together(name, value, others[name])
        for name, value in values.items()
    )


def _hold_together(name: str, one: Any, other: Any) -> bool:
    """Whether a picture can meet both values of the condition, as far as they say."""
    if name == "camera":
        one, other = one.casefold(), other.casefold()
        return one in other or other in one
    return name in _TOGETHER or one == other


def _values(conditions: ImageFilter) -> dict[str, Any]:
    """The fields that are set."""
    return {
        field.name: value
        for field in fields(conditions)
        if (value := getattr(conditions, field.name)) != getattr(_DEFAULT, field.name)
    }


def _name(part: Candidate) -> str:
    return part.operator.partition(":")[0]
