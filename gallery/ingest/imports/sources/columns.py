"""Which column of a table means what, and the fields of a picture that a row states."""

from __future__ import annotations

import contextlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from gallery.core.errors import InvalidInput, NoPlace, RowError
from gallery.ingest.fields.metadata_document import MAX_INTEGER
from gallery.ingest.imports.sidecars import values as values_of_sidecars
from gallery.ingest.imports.sources.base import SourceRow
from gallery.ingest.imports.sources.moments import moment_of

# The names by which exports call a field, the most specific first.
_NAMES: dict[str, tuple[str, ...]] = {
    "url": ("image_url", "img_url", "imageurl", "photo_image_url", "url", "image_link", "link"),
    "path": ("path", "file_path", "filepath", "image_path", "file", "image", "img"),
    "file_name": ("file_name", "filename"),
    "title": ("title",),
    "caption": ("caption", "description", "text", "alt_text", "alt"),
    "tags": ("tags", "keywords", "labels"),
    "taken_at": ("taken_at", "date_taken", "datetaken", "datetime_original", "date"),
    "external_id": ("external_id", "id"),
    "visibility": ("visibility",),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon", "lng"),
    "vector": ("embedding", "vector"),
    "model": ("embedding_model", "vector_model"),
}
_URL = re.compile(r"\s*https?://", re.IGNORECASE)
_NULL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_HALVES = re.compile("[\ud800-\udfff]")
_SEPARATORS = re.compile(r"[,;|]")
_MOST_PLACE = 2000


def roles_of(header: Sequence[str]) -> dict[str, str]:
    """The columns by the field that they are, for those that are one."""
    columns = {normalised(column): column for column in reversed(header)}
    roles = {}
    for role, names in _NAMES.items():
        name = next((name for name in names if name in columns), None)
        if name is not None:
            roles[role] = columns[name]
    if "url" not in roles and "path" not in roles and "file_name" in roles:
        roles["path"] = roles.pop("file_name")
    return roles


def has_place(header: Sequence[str]) -> bool:
    return bool({"url", "path"} & set(roles_of(header)))


def is_url(text: str) -> bool:
    return bool(_URL.match(text))


def normalised(column: str) -> str:
    return re.sub(r"[\s\-.]+", "_", column.strip().lower())


def row_of(values: Mapping[str, Any], roles: Mapping[str, str]) -> SourceRow:
    """The row without its vector. A row with values that no picture can have gets the error."""
    place = _place(values, roles)
    try:
        return SourceRow(place, _fields(values, roles), error=_problem_of(place))
    except InvalidInput as error:
        return SourceRow(place, error=error)


def _place(values: Mapping[str, Any], roles: Mapping[str, str]) -> str:
    places = (values.get(roles.get(role, "")) for role in ("url", "path"))
    text = next((str(value).strip() for value in places if value), "")
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()[: _MOST_PLACE + 1]


def _problem_of(place: str) -> InvalidInput | None:
    if not place:
        return NoPlace("The row has neither a URL nor a path.")
    if len(place) > _MOST_PLACE:
        return RowError(f"The URL or path is longer than {_MOST_PLACE} characters.")
    return None


def _fields(values: Mapping[str, Any], roles: Mapping[str, str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    metadata = _metadata(values, set(roles.values()))
    for role in ("title", "caption", "external_id", "visibility", "file_name"):
        if text := _text(values.get(roles.get(role, ""))):
            fields[role] = text
    if tags := _tags(values.get(roles.get("tags", ""))):
        fields["tags"] = tags
    date_column = roles.get("taken_at", "")
    if not _is_empty(values.get(date_column)):
        moment = moment_of(values[date_column])
        # A date that is not understood is kept as it is.
        if moment is None:
            metadata[date_column] = _plain(values[date_column])
        else:
            fields["taken_at"] = moment.isoformat()
    columns = [roles.get(role, "") for role in ("latitude", "longitude")]
    if place := values_of_sidecars.place(*(values.get(column) for column in columns)):
        fields["latitude"], fields["longitude"] = place
    else:
        metadata |= {
            column: _plain(values[column])
            for column in columns
            if not _is_empty(values.get(column))
        }
    if metadata:
        fields["metadata"] = metadata
    _refuse_unstorable(json.dumps(fields, ensure_ascii=False))
    return fields


def _refuse_unstorable(document: str) -> None:
    """PostgreSQL stores neither NUL, which JSON writes as an escape, nor halves of pairs."""
    if _NULL.search(document) or _HALVES.search(document):
        raise RowError("The row contains a character that cannot be stored.")


def _metadata(values: Mapping[str, Any], used: set[str]) -> dict[str, Any]:
    """All further columns. One that is called ``metadata`` and holds an object is the beginning."""
    metadata: dict[str, Any] = {}
    for column, value in values.items():
        if column in used or _is_empty(value):
            continue
        document = _document(value) if normalised(column) == "metadata" else None
        if document is not None:
            metadata = {**document, **metadata}
        else:
            metadata[column] = _plain(value)
    return metadata


def _document(value: Any) -> dict[str, Any] | None:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    return {str(key): _plain(item) for key, item in value.items()} if _is_map(value) else None


def _tags(value: Any) -> list[str]:
    if isinstance(value, str) and value.lstrip().startswith("["):
        with contextlib.suppress(ValueError, RecursionError):
            value = json.loads(value)
    parts = _SEPARATORS.split(value) if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        return []
    return [text for part in parts if (text := _text(part))]


def _text(value: Any) -> str:
    if _is_empty(value) or isinstance(value, list | dict):
        return ""
    return str(_plain(value)).strip()


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _is_map(value: Any) -> bool:
    return isinstance(value, dict)


def _plain(value: Any) -> Any:
    """The value as JSON has it; numbers that it cannot hold as texts."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) <= MAX_INTEGER else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Decimal):
        return str(value)
    return value.hex() if isinstance(value, bytes) else str(value)
