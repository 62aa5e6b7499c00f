"""Lines of a text file from a position on, none of them longer than a limit."""

from __future__ import annotations

import codecs
import io
from collections import deque
from pathlib import Path

from gallery.core.errors import SourceMissing

# A vector of 512 numbers as text has about 10 kB.
MAX_LINE = 1 << 20
# Of a batch, in characters: it is in memory, and its objects take many times as much.
MOST_CHARACTERS = 4 << 20
_BOMS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Lines:
    """Bytes that are not in the encoding become halves of surrogate pairs (UTF-8), or U+FFFD.

    ``position`` is where the next line begins: a text for ``seek``, whose beginning is "". It is an
    offset in the file, and after a "+" how many lines follow before the next one: of lines that
    were put back, no offset is known. ``characters`` counts those that were read.
    """

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                head = file.read(2)
            self._size = path.stat().st_size
            encoding = next((name for bom, name in _BOMS if head == bom), "utf-8-sig")
            errors = "replace" if encoding == "utf-16" else "surrogateescape"
            self._raw = path.open("rb")
            self._file = io.TextIOWrapper(self._raw, encoding=encoding, errors=errors, newline="")
        except OSError as error:
            raise SourceMissing(f"The file cannot be opened: {error.strerror}.") from None
        self._returned: deque[str] = deque()
        self._offset = 0
        self._lines_since = 0
        self.characters = 0

    def seek(self, position: str) -> None:
        offset, _, lines = position.partition("+")
        self._returned.clear()
        self._file.seek(int(offset or 0))
        self._offset, self._lines_since = int(offset or 0), 0
        for _ in range(int(lines or 0)):
            self.next()

    @property
    def position(self) -> str:
        if self._returned:
            return f"{self._offset}+{self._lines_since}"
        self._offset, self._lines_since = self._file.tell(), 0
        return str(self._offset)

    @property
    def share(self) -> float:
        """The part of the file that was read."""
        return min(1.0, self._raw.tell() / max(1, self._size))

    def next(self) -> str:
        """The next line with its end, "" at the end of the file. Of a line that is too long, only
        the beginning is given; the rest is skipped."""
        line = self._returned.popleft() if self._returned else self._read()
        self._lines_since += bool(line)
        return line

    def put_back(self, lines: list[str]) -> None:
        self._returned.extendleft(reversed(lines))
        self._lines_since -= len(lines)

    def close(self) -> None:
        self._file.close()

    def _read(self) -> str:
        line = self._file.readline(MAX_LINE)
        if len(line) == MAX_LINE and not line.endswith("\n"):
            while (rest := self._file.readline(MAX_LINE)) and not rest.endswith("\n"):
                pass
        self.characters += len(line)
        return line
