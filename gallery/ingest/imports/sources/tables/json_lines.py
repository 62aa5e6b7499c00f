"""Tables with a JSON object in each line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from gallery.core.errors import RowError
from gallery.ingest.imports.sources import places
from gallery.ingest.imports.sources.base import Batch, SourceRow
from gallery.ingest.imports.sources.tables import columns, vectors
from gallery.ingest.imports.sources.tables.lines import MAX_LINE, MOST_CHARACTERS, Lines


class JsonLines:
    def __init__(self, path: Path, folder: Path | None) -> None:
        self._folder = folder
        self._lines = Lines(path)
        self._position: str | None = None

    def read(self, position: str, limit: int) -> Batch:
        if position != self._position:
            self._lines.seek(position)
        rows: list[SourceRow] = []
        is_last = False
        end = self._lines.characters + MOST_CHARACTERS
        for _ in range(limit):
            if self._lines.characters > end:
                break
            line = self._lines.next()
            if not line:
                is_last = True
                break
            if line.strip():
                rows.append(_row(line))
        self._position = self._lines.position
        return Batch(rows, self._position, is_last, share=self._lines.share)

    def open(self, place: str) -> AbstractContextManager[Iterator[bytes]]:
        return places.opened(self._folder, place)

    def close(self) -> None:
        self._lines.close()


def _row(line: str) -> SourceRow:
    if len(line) >= MAX_LINE:
        return SourceRow("", error=RowError(f"The row has more than {MAX_LINE} characters."))
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return SourceRow("", error=RowError("The row is not JSON."))
    if not isinstance(values, dict):
        return SourceRow("", error=RowError("The row is not a JSON object."))
    roles = columns.roles_of(list(values))
    return vectors.added_to(columns.row_of(values, roles), values, roles)
