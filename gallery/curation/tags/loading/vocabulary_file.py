"""Reads the tags of a vocabulary from a JSON or CSV file."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from gallery.core.errors import InvalidInput
from gallery.curation.tags.loading.entries import FIELDS, Entry, entry_of
from gallery.models.tags.names import key_of

_GROUP_FIELDS = frozenset({"group", "kind", "colour", "templates", "tags"})
_MAX_BYTES = 20 * 1024 * 1024
# Between the templates of a line of CSV.
_SEPARATOR = "|"


def read(path: Path) -> list[Entry]:
    """The tags of the file, each name once.

    Raises ``InvalidInput``, which names the line, and ``OSError``.
    """
    if path.stat().st_size > _MAX_BYTES:
        raise InvalidInput("The file is larger than 20 MB.")
    read_format = _from_csv if path.suffix.lower() == ".csv" else _from_json
    try:
        return list(_without_repetitions(read_format(path)))
    except UnicodeDecodeError:
        raise InvalidInput("The file is not UTF-8.") from None


def _without_repetitions(entries: Iterable[Entry]) -> Iterator[Entry]:
    places: dict[str, str] = {}
    for entry in entries:
        for key in {key_of(name): name for name in entry.names}:
            if key in places:
                raise InvalidInput(f"{entry.place}: the name {key} is in {places[key]} already.")
            places[key] = entry.place
        yield entry


def _from_csv(path: Path) -> Iterator[Entry]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        try:
            _check_header(rows.fieldnames or ())
            for row in rows:
                place = f"line {rows.line_num}"
                if None in row:
                    raise InvalidInput(f"{place}: there are more values than columns.")
                templates = (row.get("templates") or "").split(_SEPARATOR)
                yield entry_of({**row, "templates": templates}, place=place)
        except csv.Error as error:
            raise InvalidInput(f"line {rows.line_num}: {error}.") from None


def _check_header(columns: Iterable[str]) -> None:
    columns = list(columns)
    unknown = [column for column in columns if column not in FIELDS]
    if unknown or "name" not in columns or len(set(columns)) < len(columns):
        raise InvalidInput(
            f"line 1: the header must have the column name, and may have {', '.join(FIELDS[1:])}."
        )


def _from_json(path: Path) -> Iterator[Entry]:
    try:
        groups = json.loads(path.read_text("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise InvalidInput(f"line {error.lineno}: {error.msg}.") from None
    except RecursionError:
        raise InvalidInput("The file has too many levels.") from None
    if not isinstance(groups, list):
        raise InvalidInput("line 1: the file must be a list of groups.")
    for number, group in enumerate(groups, 1):
        yield from _of_group(group, place=f"group {number}")


def _of_group(group: Any, *, place: str) -> Iterator[Entry]:
    if not isinstance(group, Mapping) or not isinstance(group.get("tags"), Mapping):
        raise InvalidInput(f"{place}: it must be an object with tags, which are an object.")
    if unknown := group.keys() - _GROUP_FIELDS:
        raise InvalidInput(f"{place}: unknown {', '.join(sorted(unknown))}.")
    templates = group.get("templates") or []
    if not isinstance(templates, list) or not all(isinstance(line, str) for line in templates):
        raise InvalidInput(f"{place}: templates must be a list of texts.")
    for name, chinese in group["tags"].items():
        values = {**group, "name": name, "name_zh": chinese}
        yield entry_of(values, place=f"{place}, tag {name!r}")
