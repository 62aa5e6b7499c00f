"""The conditions on metadata in a filter, as a JSON schema."""

from __future__ import annotations

from typing import Any

from gallery.search.filters.checks import MAX_TEXT, MAX_VALUES

_TEXT: dict[str, Any] = {"type": "string", "maxLength": MAX_TEXT}
_SCALAR: list[dict[str, Any]] = [_TEXT, {"type": "number"}, {"type": "boolean"}]
_SCALARS: dict[str, Any] = {
    "type": "array",
    "minItems": 1,
    "maxItems": MAX_VALUES,
    "items": {"oneOf": _SCALAR},
}
_LIMIT = {"oneOf": [_TEXT, {"type": "number"}]}
_TESTS = {
    "type": "object",
    "title": "MetadataTests",
    "minProperties": 1,
    "not": {"required": ["$eq", "$in"]},
    "additionalProperties": False,
    "properties": {
        "$eq": {"oneOf": _SCALAR},
        "$ne": {"oneOf": _SCALAR},
        "$in": _SCALARS,
        "$nin": _SCALARS,
        **dict.fromkeys(("$gt", "$gte", "$lt", "$lte"), _LIMIT),
        "$exists": {"type": "boolean"},
    },
}
METADATA_CONDITIONS = {
    "type": "object",
    "maxProperties": MAX_VALUES,
    "additionalProperties": {"oneOf": [*_SCALAR, _TESTS]},
}
