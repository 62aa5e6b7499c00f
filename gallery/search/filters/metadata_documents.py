"""Metadata conditions as a JSON document, in the manner of the filters of vector databases.

{"category": "shoes", "price": {"$gt": 10, "$lte": 50}, "size": {"$in": [38, 39]},
 "colour": {"$ne": "red"}, "maker.city": {"$exists": true}}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop

from gallery.core.errors import InvalidInput
from gallery.search.filters import checks
from gallery.search.filters.metadata import MetadataCondition

_LIMITS = {"$gt": "above", "$gte": "at_least", "$lt": "below", "$lte": "at_most"}


def conditions_of(document: object) -> tuple[MetadataCondition, ...]:
    """One condition per key of the document. A dot in a key leads into a nested object.

    Raises ``InvalidInput``; ``data`` has the ``key`` if one is wrong.
    """
    if not isinstance(document, Mapping):
        message = gettext_noop("The metadata conditions must be a JSON object.")
        raise InvalidInput(message, field="metadata")
    checks.count("metadata", document)
    return tuple(_condition_of_key(str(key), tests) for key, tests in document.items())


def _condition_of_key(key: str, tests: object) -> MetadataCondition:
    if key in _LOGICAL:
        raise InvalidInput(_NO_LOGIC, field="metadata")
    try:
        return _condition(key, tests)
    except InvalidInput as error:
        error.data["key"] = key
        raise


def path_of(key: str) -> tuple[str, ...]:
    return tuple(key.split("."))


def _condition(key: str, tests: object) -> MetadataCondition:
    path = path_of(key)
    if not isinstance(tests, Mapping):
        return MetadataCondition(path=path, any_of=_scalars([tests]))
    if not tests or {"$eq", "$in"} <= tests.keys():
        raise InvalidInput(_BOTH if tests else _UNKNOWN, field="metadata")
    values: dict[str, Any] = {"none_of": ()}
    for name, value in tests.items():
        if name == "$eq":
            values["any_of"] = _scalars([value])
        elif name == "$in":
            values["any_of"] = _scalars(value)
        elif name == "$ne":
            values["none_of"] += _scalars([value])
        elif name == "$nin":
            values["none_of"] += _scalars(value)
        elif name == "$exists" and isinstance(value, bool):
            values["exists"] = value
        elif name in _LIMITS and value is not None:
            values[_LIMITS[name]] = value
        else:
            raise InvalidInput(_UNKNOWN, field="metadata")
    return MetadataCondition(path=path, **values)


def _scalars(values: object) -> tuple[Any, ...]:
    if not isinstance(values, list) or not values:
        raise InvalidInput(gettext_noop("$in and $nin need a list of values."), field="metadata")
    return tuple(values)


_BOTH = gettext_noop("A metadata condition has either $eq or $in.")
_UNKNOWN = gettext_noop(
    "A metadata condition is a value or has $eq, $ne, $in, $nin, $gt, $gte, $lt, $lte or $exists."
)
_LOGICAL = ("$and", "$or", "$not", "$nor")
_NO_LOGIC = gettext_noop("All metadata conditions have to hold; there is no $and, $or or $not.")
