"""Captioned pictures, read from a table or a folder, to measure encoders on."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from gallery.core.errors import InvalidInput

# BCP 47 for a language that nobody has named.
UNKNOWN = "und"
TABLES = ("captions.csv", "captions.tsv", "captions.json")

_PICTURES = {
    ".avif", ".bmp", ".gif", ".heic", ".heif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp",
}  # fmt: skip
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-\w+)?")
# A caption longer than this is a table that was not understood.
_LONGEST = 20_000


class Caption(NamedTuple):
    picture: Path
    language: str
    text: str


@dataclass(frozen=True)
class CaptionSet:
    """Captions in the order they were written; a picture has one at least, maybe many."""

    source: Path
    captions: list[Caption]

    @property
    def pictures(self) -> list[Path]:
        """Each once, in the order of their first captions."""
        return list(dict.fromkeys(caption.picture for caption in self.captions))

    def narrowed(self, *, languages: Iterable[str] = (), limit: int | None = None) -> CaptionSet:
        """Only captions in these languages, then only the first ``limit`` pictures.

        Raises ``InvalidInput`` when there is no caption in any of the languages.
        """
        wanted = set(languages)
        kept = [entry for entry in self.captions if not wanted or entry.language in wanted]
        if not kept:
            known = ", ".join(sorted({entry.language for entry in self.captions}))
            asked = ", ".join(sorted(wanted))
            raise InvalidInput(f"There is no caption in {asked}; there are captions in {known}.")
        first = set(CaptionSet(self.source, kept).pictures[:limit])
        return CaptionSet(self.source, [entry for entry in kept if entry.picture in first])


def read(source: Path) -> CaptionSet:
    """A CSV, TSV or JSON table, a folder with ``captions.csv`` (``.tsv``, ``.json``) in it, or one
    of pictures with ``name.txt`` or ``name.<language>.txt`` beside them, a caption a line.

    A table has a column ``file`` (relative to the table), ``caption`` and perhaps ``language``,
    or one column ``caption_<language>`` per language, or both. In JSON it is a list of objects,
    and a caption may be a list of captions. Pictures are not opened, nor looked for. Raises
    ``InvalidInput`` saying what is not understood.
    """
    try:
        captions = list(_captions(source))
    except OSError as error:
        raise InvalidInput(f"{source} cannot be read: {error.strerror or error}.") from error
    except (UnicodeDecodeError, json.JSONDecodeError, csv.Error, RecursionError) as error:
        raise InvalidInput(f"{source} is not understood: {error}.") from error
    if not captions:
        raise InvalidInput(f"There is no caption in {source}.")
    return CaptionSet(source, captions)


def _captions(source: Path) -> Iterator[Caption]:
    if not source.is_dir():
        return _from_table(source)
    tables = [source / name for name in TABLES if (source / name).is_file()]
    return _from_table(tables[0]) if tables else _beside_pictures(source)


def _from_table(table: Path) -> Iterator[Caption]:
    rows = _json_rows(table) if table.suffix.lower() == ".json" else _csv_rows(table)
    for number, row in rows:
        file = row.get("file")
        if not isinstance(file, str) or not file.strip() or "\0" in file:
            raise InvalidInput(f"{table}, entry {number}: there is no `file`.", entry=number)
        yield from _of_row(table.parent / file.strip(), row)


def _of_row(picture: Path, row: dict[str, Any]) -> Iterator[Caption]:
    for column, value in row.items():
        name, _, language = str(column).strip().partition("_")
        if name == "caption":
            named = language or str(row.get("language") or "").strip() or UNKNOWN
            texts = value if isinstance(value, list) else [value]
            yield from _filled(picture, named.lower(), texts)


def _filled(picture: Path, language: str, texts: Iterable[object]) -> Iterator[Caption]:
    for text in texts:
        if isinstance(text, str) and text.strip():
            yield Caption(picture, language, text.strip()[:_LONGEST])


def _json_rows(table: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    rows = json.loads(table.read_text("utf-8-sig"))
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InvalidInput(f"{table} is not a list of objects.")
    return iter(enumerate(rows, start=1))


def _csv_rows(table: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    # The mark of Excel's UTF-8 would else become part of the first column's name.
    with table.open(encoding="utf-8-sig", newline="") as file:
        header = file.readline()
        file.seek(0)
        rows = csv.DictReader(file, delimiter="\t" if "\t" in header else ",")
        names = [name.strip() for name in rows.fieldnames or []]
        if "file" not in names or not any(name.startswith("caption") for name in names):
            raise InvalidInput(
                f"{table} needs a header with `file` and `caption` or `caption_<language>`."
            )
        rows.fieldnames = names
        yield from enumerate(rows, start=1)


def _beside_pictures(folder: Path) -> Iterator[Caption]:
    files = sorted(folder.rglob("*"))
    texts: dict[Path, list[tuple[str, Path]]] = {}
    for file in files:
        if file.suffix.lower() == ".txt":
            name, _, language = file.stem.rpartition(".")
            texts.setdefault(file.with_suffix(""), []).append((UNKNOWN, file))
            if name and _LANGUAGE.fullmatch(language):
                texts.setdefault(file.with_name(name), []).append((language.lower(), file))
    for picture in files:
        if picture.suffix.lower() in _PICTURES:
            for language, text in texts.get(picture.with_suffix(""), []):
                lines = text.read_text("utf-8-sig").splitlines()
                yield from _filled(picture, language, lines)
