"""Read captions from tables, or from text files beside the pictures."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from gallery.core.errors import InvalidInput

# The BCP 47 code of an undetermined language.
UNKNOWN = "und"

_PICTURES = {
    ".avif", ".bmp", ".gif", ".heic", ".heif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp",
}  # fmt: skip
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-\w+)?")
# Longer captions are cut: the table was probably parsed wrongly.
_MAX_LENGTH = 20_000

# Columns and values in the order of the table. A column may occur more than once.
Row = list[tuple[str, Any]]


class Caption(NamedTuple):
    picture: Path
    language: str
    text: str


def in_table(table: Path) -> Iterator[Caption]:
    """The captions of a CSV, TSV or JSON file, in the order of its rows.

    Raises ``InvalidInput`` for wrong columns, ``OSError``, and ``ValueError`` for bad JSON.
    """
    rows = _json_rows(table) if table.suffix.lower() == ".json" else _csv_rows(table)
    for number, row in rows:
        values = dict(row)
        file, language = values.get("file"), str(values.get("language") or "").strip()
        if not isinstance(file, str) or not file.strip() or "\0" in file:
            raise InvalidInput(f"{table}, entry {number}: there is no `file`.", entry=number)
        yield from _captions_in_row(table.parent / file.strip(), language or UNKNOWN, row)


def beside_pictures(folder: Path) -> Iterator[Caption]:
    """The captions in text files of the folder and its subfolders, ordered by picture.

    Raises ``InvalidInput`` if a text file is not UTF-8, and ``OSError``.
    """
    files = sorted(folder.rglob("*"))
    texts = _texts_by_picture(files)
    for picture in files:
        if picture.suffix.lower() in _PICTURES:
            for name in (picture, picture.with_suffix("")):
                for language, text in texts.get(name, []):
                    yield from _captions_of(picture, language, _lines(text))


def _captions_in_row(picture: Path, language: str, row: Row) -> Iterator[Caption]:
    for column, value in row:
        name, _, column_language = column.partition("_")
        if name == "caption":
            texts = value if isinstance(value, list) else [value]
            yield from _captions_of(picture, (column_language or language).lower(), texts)


def _captions_of(picture: Path, language: str, texts: Iterable[object]) -> Iterator[Caption]:
    for text in texts:
        if isinstance(text, str) and text.strip():
            yield Caption(picture, language, text.strip()[:_MAX_LENGTH])


def _json_rows(table: Path) -> Iterator[tuple[int, Row]]:
    rows = json.loads(table.read_text("utf-8-sig"))
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InvalidInput(f"{table} is not a list of objects.")
    for number, row in enumerate(rows, start=1):
        yield number, [(_column(name), value) for name, value in row.items()]


def _csv_rows(table: Path) -> Iterator[tuple[int, Row]]:
    # utf-8-sig: Excel writes a byte order mark, which is not part of the first column's name.
    with table.open(encoding="utf-8-sig", newline="") as file:
        header = file.readline()
        file.seek(0)
        cells = csv.reader(file, delimiter=max("\t,;", key=header.count), strict=True)
        try:
            names = [_column(name) for name in next(cells, [])]
            _check_header(table, names)
            for number, row in enumerate((row for row in cells if row), start=1):
                yield number, _row(table, number, names, row)
        except csv.Error as error:
            raise InvalidInput(f"{table}, line {cells.line_num}: {error}.") from error


def _check_header(table: Path, names: list[str]) -> None:
    if "file" not in names or not any(name.partition("_")[0] == "caption" for name in names):
        raise InvalidInput(
            f"{table} needs a header with `file` and `caption` or `caption_<language>`."
        )


def _row(table: Path, number: int, names: list[str], cells: list[str]) -> Row:
    """Refuses extra cells: an unquoted comma would silently cut a caption in two."""
    if any(cell.strip() for cell in cells[len(names) :]):
        raise InvalidInput(
            f"{table}, entry {number}: there are more cells than columns. "
            "Put a caption that contains a separator in quotes.",
            entry=number,
        )
    return list(zip_longest(names, cells[: len(names)]))


def _column(name: str) -> str:
    return name.strip().lower()


def _texts_by_picture(files: list[Path]) -> dict[Path, list[tuple[str, Path]]]:
    """Languages and text files, by the picture's path with or without its suffix."""
    texts: dict[Path, list[tuple[str, Path]]] = {}
    for file in files:
        if file.suffix.lower() == ".txt":
            name, _, last = file.stem.rpartition(".")
            texts.setdefault(file.with_suffix(""), []).append((UNKNOWN, file))
            if name and _LANGUAGE.fullmatch(last) and f".{last.lower()}" not in _PICTURES:
                texts.setdefault(file.with_name(name), []).append((last.lower(), file))
    return texts


def _lines(text: Path) -> list[str]:
    try:
        return text.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{text} cannot be parsed: {error}.") from error
