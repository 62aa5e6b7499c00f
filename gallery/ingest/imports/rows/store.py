"""Stores many rows of an import at once, by PostgreSQL's COPY in its binary format."""

from __future__ import annotations

import json
import struct
import uuid
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.db import connection

from gallery.encoders.base import Vector
from gallery.ingest.imports.sources.base import SourceRow
from gallery.ingest.imports.sources.tables.columns import is_url
from gallery.ingest.imports.sources.tables.vectors import UNKNOWN_SPACE
from gallery.models import WIDTH, ImportJob, RowOutcome, SourceKind

_COLUMNS = (
    "job_id", "number", "place", "host", "fields", "vector", "space_id", "note", "outcome",
    "attempts", "skipped", "error_code", "error_message",
)  # fmt: skip
COPY = f"COPY gallery_importrow ({', '.join(_COLUMNS)}) FROM STDIN (FORMAT BINARY)"
_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = struct.pack("!h", -1)
_COUNT = struct.pack("!h", len(_COLUMNS))
_NULL = struct.pack("!i", -1)
_MOST_HOST = 255
_MOST_MESSAGE = 300
_ZERO = b"\0\0"
# In folders and archives, a name that looks like a URL is a path.
_TABLES = (SourceKind.CSV, SourceKind.TSV, SourceKind.JSONL, SourceKind.PARQUET)


def store(job: ImportJob, rows: Sequence[SourceRow], *, first: int, spaces: dict[str, int]) -> None:
    """``first`` is the number of the first row; ``spaces`` are those that may have vectors, by
    their fingerprints. A row with an error is stored as dropped."""
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.write(packed(job, rows, first=first, spaces=spaces))


def packed(
    job: ImportJob, rows: Sequence[SourceRow], *, first: int, spaces: dict[str, int]
) -> bytes:
    """The rows as ``COPY`` reads them, about 2 kB for each that has a vector."""
    fields = (
        _COUNT + b"".join(map(_field, _values(job, number, row, spaces)))
        for number, row in enumerate(rows, first)
    )
    return b"".join((_HEADER, *fields, _TRAILER))


def note_of(row: SourceRow, job: ImportJob, spaces: dict[str, int]) -> str:
    """Why a part of the row is not used: its vector, or a sidecar. Empty if all of it is."""
    if row.vector is not None and (row.model or job.embedding_model) not in spaces:
        return UNKNOWN_SPACE
    return row.note


def host_of(place: str) -> str:
    if not is_url(place):
        return ""
    try:
        host = urlsplit(place.strip()).hostname
    except ValueError:
        host = None
    # A URL without a host is refused when it is fetched.
    return (host or "?")[:_MOST_HOST]


def _values(
    job: ImportJob, number: int, row: SourceRow, spaces: dict[str, int]
) -> Iterator[bytes | None]:
    note = note_of(row, job, spaces)
    is_kept = row.vector is not None and note != UNKNOWN_SPACE and row.error is None
    space = spaces[row.model or job.embedding_model] if is_kept else None
    error = row.error
    yield _uuid(job.pk)
    yield struct.pack("!q", number)
    yield row.place.encode()
    yield (host_of(row.place) if job.kind in _TABLES else "").encode()
    yield b"\1" + json.dumps(row.fields, ensure_ascii=False).encode()
    yield _vector(row.vector) if is_kept and row.vector is not None else None
    yield None if space is None else struct.pack("!h", space)
    yield note.encode()
    yield (RowOutcome.DROPPED if error else RowOutcome.WAITING).encode()
    yield _ZERO
    yield b"\1" if error else b"\0"
    yield error.code.encode() if error else b""
    yield error.message[:_MOST_MESSAGE].encode(errors="replace") if error else b""


def _field(value: bytes | None) -> bytes:
    return _NULL if value is None else struct.pack("!i", len(value)) + value


def _uuid(value: Any) -> bytes:
    return value.bytes if isinstance(value, uuid.UUID) else uuid.UUID(str(value)).bytes


def _vector(vector: Vector) -> bytes:
    """As ``vector_recv`` of pgvector reads it: the width, an unused number, big-endian floats."""
    return struct.pack("!hh", WIDTH, 0) + vector.astype(">f4").tobytes()
