"""Which column of a table means what, and the fields of a picture that a row states."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from gallery.core.errors import InvalidInput, NoPlace, RowError
from gallery.ingest.imports.sidecars import values as values_of_sidecars
from gallery.ingest.imports.sources.base import SourceRow
from gallery.ingest.imports.sources.tables.cells import (
    is_empty,
    plain,
    refuse_unstorable,
    text_of,
)
from gallery.ingest.imports.sources.tables.moments import moment_of

# The code of a row whose date is metadata, since it was not understood.
DATE_UNKNOWN = "date_unknown"

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
        fields, note = _fields(values, roles)
        return SourceRow(place, fields, note=note, error=_problem_of(place))
    except InvalidInput as error:
        return SourceRow(place, error=error)
    except RecursionError:
        return SourceRow(place, error=RowError("A value of the row is nested too deeply."))


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


def _fields(values: Mapping[str, Any], roles: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """The fields, and the code of what is wrong with one of them."""
    fields: dict[str, Any] = {}
    metadata = _metadata(values, set(roles.values()))
    for role in ("title", "caption", "external_id", "visibility", "file_name"):
        if text := text_of(values.get(roles.get(role, ""))):
            fields[role] = text
    if tags := _tags(values.get(roles.get("tags", ""))):
        fields["tags"] = tags
    note = ""
    date_column = roles.get("taken_at", "")
    if not is_empty(values.get(date_column)):
        if moment := moment_of(values[date_column]):
            fields["taken_at"] = moment.isoformat()
        else:
            metadata[date_column] = plain(values[date_column])
            note = DATE_UNKNOWN
    columns = [roles.get(role, "") for role in ("latitude", "longitude")]
    if place := values_of_sidecars.place(*(values.get(column) for column in columns)):
        fields["latitude"], fields["longitude"] = place
    else:
        cells = {column: values.get(column) for column in columns}
        metadata |= {column: plain(cell) for column, cell in cells.items() if not is_empty(cell)}
    if metadata:
        fields["metadata"] = metadata
    refuse_unstorable(json.dumps(fields, ensure_ascii=False))
    return fields, note


def _metadata(values: Mapping[str, Any], used: set[str]) -> dict[str, Any]:
    """All further columns. One that is called ``metadata`` and holds an object is the beginning."""
    metadata: dict[str, Any] = {}
    for column, value in values.items():
        if column in used or is_empty(value):
            continue
        document = _document(value) if normalised(column) == "metadata" else None
        if document is not None:
            metadata = {**document, **metadata}
        else:
            metadata[column] = plain(value)
    return metadata


def _document(value: Any) -> dict[str, Any] | None:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    return (
        {str(key): plain(item) for key, item in value.items()} if isinstance(value, dict) else None
    )


def _tags(value: Any) -> list[str]:
    if isinstance(value, str) and value.lstrip().startswith("["):
        with contextlib.suppress(ValueError, RecursionError):
            value = json.loads(value)
    parts = _SEPARATORS.split(value) if isinstance(value, str) else value
    if not isinstance(parts, list | tuple):
        return []
    return [text for part in parts if (text := text_of(part))]
