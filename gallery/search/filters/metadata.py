"""Conditions on the keys of ``Image.metadata``.

No text of a person becomes part of SQL or jsonpath: paths, values and limits are parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, F, Func, JSONField, Q, TextField, Value
from django.utils.translation import gettext_noop

from gallery.core.errors import InvalidInput
from gallery.search.filters import checks

Scalar = str | int | float | bool

MAX_DEPTH = 10
# The limits of a range, as comparisons of jsonpath with a variable of the same name.
_COMPARISONS = {
    "above": "@ > $above", "at_least": "@ >= $at_least",
    "below": "@ < $below", "at_most": "@ <= $at_most",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class MetadataCondition:
    """All conditions that are set hold for the value at ``path`` or for one element of a list.

    Numbers, texts and booleans are different values: 1, "1" and true never equal each other.
    ``any_of`` uses the GIN index. ``none_of`` also holds where the path does not exist. The
    limits compare numbers with numbers and texts with texts.
    ``exists`` is True if the path has to exist, False if it must not.
    """

    path: tuple[str, ...]
    any_of: tuple[Scalar, ...] = ()
    none_of: tuple[Scalar, ...] = ()
    above: str | float | None = None
    at_least: str | float | None = None
    below: str | float | None = None
    at_most: str | float | None = None
    exists: bool | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.path) <= MAX_DEPTH or not all(self.path):
            message = gettext_noop("A key of the metadata is missing or nested too deeply.")
            raise InvalidInput(message, field="metadata")
        for key in self.path:
            checks.text("metadata", key)
        checks.count("metadata", self.any_of)
        checks.count("metadata", self.none_of)
        for value in (*self.any_of, *self.none_of):
            if not isinstance(value, bool):
                _check_text_or_number(value)
        for limit in self.limits.values():
            _check_text_or_number(limit)
        low = self.at_least if self.above is None else self.above
        high = self.at_most if self.below is None else self.below
        if isinstance(low, str) == isinstance(high, str):
            checks.ordered("metadata", low, high)  # type: ignore[arg-type]

    @property
    def limits(self) -> dict[str, str | float]:
        values = {name: getattr(self, name) for name in _COMPARISONS}
        return {name: value for name, value in values.items() if value is not None}


def _check_text_or_number(value: str | float) -> None:
    if isinstance(value, str):
        checks.text("metadata", value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        checks.number("metadata", value)
    else:
        raise InvalidInput(_NO_VALUE, field="metadata")


_NO_VALUE = gettext_noop("Metadata is compared with texts, numbers, true and false only.")


def described(condition: MetadataCondition) -> Q:
    """Images whose metadata meets the condition."""
    matches = Q()
    if condition.any_of:
        matches = _contains_one(condition.path, condition.any_of)
    if condition.none_of:
        matches &= ~_contains_one(condition.path, condition.none_of)
    if condition.limits:
        matches &= Q(_in_range(condition))
    if condition.exists is not None:
        matches &= Q(_exists(condition.path, present=condition.exists))
    return matches


def _contains_one(path: tuple[str, ...], values: tuple[Scalar, ...]) -> Q:
    """``@>`` with each value, and with a list that has it, uses the GIN index."""
    matches = Q()
    for value in values:
        for leaf in (value, [value]):
            document: Any = leaf
            for key in reversed(path):
                document = {key: document}
            matches |= Q(metadata__contains=document)
    return matches


def _in_range(condition: MetadataCondition) -> Func:
    """One value within all limits. Lax jsonpath compares the elements of a list one by one."""
    comparisons = " && ".join(_COMPARISONS[name] for name in condition.limits)
    path = Func(Value(f"$ ? ({comparisons})"), template="%(expressions)s::jsonpath")
    return Func(
        _value_at(condition.path),
        path,
        Value(condition.limits, JSONField()),
        function="jsonb_path_exists",
        output_field=BooleanField(),
    )


def _exists(path: tuple[str, ...], *, present: bool) -> Func:
    test = "IS NOT NULL" if present else "IS NULL"
    return Func(_value_at(path), template=f"(%(expressions)s {test})", output_field=BooleanField())


def _value_at(path: tuple[str, ...]) -> Func:
    return Func(
        F("metadata"),
        Value(list(path), ArrayField(TextField())),
        template="(%(expressions)s)",
        arg_joiner=" #> ",
        output_field=JSONField(),
    )
