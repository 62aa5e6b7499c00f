"""What a source gives: rows in batches, and the bytes of each row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from gallery.core.errors import InvalidInput
from gallery.encoders.base import Vector

CHUNK = 1 << 20


@dataclass(frozen=True)
class SourceRow:
    """``place`` is a URL or a path. ``fields`` have the names of ``accept``, and ``tags`` and
    ``file_name``. ``vector`` belongs to the space of the fingerprint ``model``; ``note`` is the
    code of what is wrong with it or with a sidecar. A row with an ``error`` is dropped.
    """

    place: str
    fields: dict[str, Any] = field(default_factory=dict)
    vector: Vector | None = None
    model: str = ""
    note: str = ""
    error: InvalidInput | None = None


@dataclass(frozen=True)
class Seen:
    """A file of a watched folder, as it is now."""

    path: str
    size: int
    modified_ns: int


@dataclass(frozen=True)
class Batch:
    """``position`` is where the next batch begins; ``is_last`` says that there is none.

    ``total`` is the number of rows of the source, or ``share`` the part of the file up to here.
    """

    rows: list[SourceRow]
    position: str
    is_last: bool
    total: int | None = None
    share: float = 0.0
    seen: tuple[Seen, ...] = ()


class Source(Protocol):
    """An open source. ``open`` may be called in several threads at the same time."""

    def read(self, position: str, limit: int) -> Batch:
        """The next rows, about ``limit``; the beginning is "". Raises ``SourceUnreadable`` and
        ``SourceMissing``."""

    def open(self, place: str) -> AbstractContextManager[Iterator[bytes]]:
        """The bytes at a path. Raises ``RowError``, also while they are read."""

    def close(self) -> None: ...


def chunks_of(file: Any) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
