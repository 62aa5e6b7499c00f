"""Tables as text: CSV and TSV.

The standard library reads them and not Arrow, because a job continues at the byte where it was
interrupted, and one bad row must not end it: Arrow gives no positions, and refuses the whole block.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from django.utils.translation import gettext_noop

from gallery.core.errors import RowError, SourceUnreadable
from gallery.ingest.imports.sources import places
from gallery.ingest.imports.sources.base import Batch, SourceRow
from gallery.ingest.imports.sources.tables import columns, vectors
from gallery.ingest.imports.sources.tables.lines import MAX_LINE, MOST_CHARACTERS, Lines

_DELIMITERS = ",;\t|"
# A cell that takes more lines than this has most likely a quotation mark too many.
_MOST_LINES = 100


class DelimitedTable:
    """``folder`` holds the files that the table may name; None if it may name URLs only."""

    def __init__(self, path: Path, folder: Path | None, *, delimiter: str = "") -> None:
        self._folder = folder
        self._lines = Lines(path)
        try:
            self._header, self._first = self._read_header(delimiter)
        except SourceUnreadable:
            self._lines.close()
            raise
        self._roles = columns.roles_of(self._header)
        self._position: str | None = None

    def read(self, position: str, limit: int) -> Batch:
        if position != self._position:
            self._lines.seek(position or self._first)
        rows: list[SourceRow] = []
        is_last = False
        end = self._lines.characters + MOST_CHARACTERS
        for _ in range(limit):
            if self._lines.characters > end:
                break
            cells = self._record()
            if cells is None:
                is_last = True
                break
            if isinstance(cells, RowError):
                rows.append(SourceRow("", error=cells))
            elif any(cells):
                rows.append(self._row(cells))
        self._position = self._lines.position
        return Batch(rows, self._position, is_last, share=self._lines.share)

    def open(self, place: str) -> AbstractContextManager[Iterator[bytes]]:
        return places.opened(self._folder, place)

    def close(self) -> None:
        self._lines.close()

    def _read_header(self, delimiter: str) -> tuple[list[str], str]:
        """The names of the columns, and where the first row begins.

        Conceptual Captions has no names: a caption and a URL in each row.
        """
        line = self._lines.next()
        self._delimiter = delimiter or max(_DELIMITERS, key=line.count)
        self._lines.put_back([line])
        cells = self._record()
        if not isinstance(cells, list) or any("\udc80" <= c <= "\udcff" for c in "".join(cells)):
            raise SourceUnreadable(gettext_noop("The first line is no header in UTF-8 or UTF-16."))
        if columns.has_place(cells):
            return _distinct(cells), self._lines.position
        if any(columns.is_url(cell) for cell in cells):
            others = iter(["caption", *(f"column {n + 1}" for n in range(1, len(cells)))])
            return ["url" if columns.is_url(cell) else next(others) for cell in cells], ""
        raise SourceUnreadable(
            gettext_noop("No column has the name of a URL or path, such as url or path.")
        )

    def _record(self) -> list[str] | RowError | None:
        """The cells of the next record, of which there is none at the end of the file.

        After a bad record, reading goes on with its second line.
        """
        taken: list[str] = []

        def lines() -> Iterator[str]:
            while len(taken) <= _MOST_LINES and (line := self._lines.next()):
                taken.append(line)
                yield line

        try:
            cells = next(csv.reader(lines(), delimiter=self._delimiter), None)
        except csv.Error as error:
            return self._bad(taken, f"The row cannot be read: {error}.")
        if len(taken) == 1 and len(taken[0]) >= MAX_LINE:
            return RowError(f"The row has more than {MAX_LINE} characters.")
        if len(taken) > 1 and not self._is_closed(taken):
            return self._bad(taken, "The row has an opening quotation mark without a closing one.")
        return cells

    def _bad(self, taken: list[str], message: str) -> RowError:
        self._lines.put_back(taken[1:])
        return RowError(message)

    def _is_closed(self, taken: list[str]) -> bool:
        """Whether the quotation marks of a record of several lines are in their places.

        Otherwise it is a row that opens one, with the rows up to the next one.
        """
        text = "".join(taken)
        try:
            list(csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter, strict=True))
        except csv.Error:
            return False
        return True

    def _row(self, cells: list[str]) -> SourceRow:
        if len(cells) > len(self._header):
            counts = f"{len(cells)} cells and the table {len(self._header)} columns"
            return SourceRow("", error=RowError(f"The row has {counts}."))
        values = dict(zip(self._header, cells, strict=False))
        row = columns.row_of(values, self._roles)
        return vectors.added_to(row, values, self._roles)


def _distinct(header: Sequence[str]) -> list[str]:
    """Later columns of the same name get a number."""
    names: list[str] = []
    for number, name in enumerate(header, 1):
        names.append(f"{name} {number}" if not name or name in names else name)
    return names
