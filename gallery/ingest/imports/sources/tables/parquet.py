"""Tables in Parquet files, read by Arrow in batches.

Arrow is native code that reads the bytes of strangers in this process, so only operators may import
such a file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext_noop

from gallery.core.errors import SourceUnreadable
from gallery.encoders.base import WIDTH, Vector
from gallery.ingest.imports.sources import places
from gallery.ingest.imports.sources.base import Batch, SourceRow
from gallery.ingest.imports.sources.tables import columns, vectors

# Bytes of a column that are read at once, so that a row group need not be in memory.
_BUFFER = 1 << 20
# In the metadata of the table's schema, a list in JSON.
IGNORED_KEY = b"searchsite.ignored_by_imports"


class ParquetTable:
    def __init__(self, path: Path, folder: Path | None) -> None:
        # Loading Arrow takes 0.3 s, which only those who import a Parquet file should wait for.
        import pyarrow
        import pyarrow.parquet

        # Arrow's own errors, and those of values that Python cannot represent.
        self._errors = (
            pyarrow.ArrowException, OSError, ValueError, LookupError, OverflowError,
        )  # fmt: skip
        self._folder = folder
        try:
            self._file = pyarrow.parquet.ParquetFile(path, buffer_size=_BUFFER, pre_buffer=False)
            self._ignored = _ignored(self._file.schema_arrow)
            names = self._file.schema_arrow.names
            self._header = [name for name in names if name not in self._ignored]
        except self._errors as error:
            raise SourceUnreadable(f"This is not a Parquet file: {error}.") from None
        if not columns.has_place(self._header):
            self._file.close()
            raise SourceUnreadable(
                gettext_noop("No column has the name of a URL or path, such as url or path.")
            )
        self._roles = columns.roles_of(self._header)
        self._total = int(self._file.metadata.num_rows)
        self._next: int | None = None
        self._batches: Iterator[Any] = iter(())

    def read(self, position: str, limit: int) -> Batch:
        """The position is the number of rows before it."""
        start = int(position or 0)
        try:
            if start != self._next:
                self._batches = self._batches_from(start, limit)
            batch = next(self._batches, None)
            rows = [] if batch is None else self._rows(_in_microseconds(batch))
        except self._errors as error:
            raise SourceUnreadable(f"The Parquet file is damaged: {error}.") from None
        self._next = start + len(rows)
        return Batch(rows, str(self._next), self._next >= self._total, self._total)

    def open(self, place: str) -> AbstractContextManager[Iterator[bytes]]:
        return places.opened(self._folder, place)

    def close(self) -> None:
        self._file.close()

    def _batches_from(self, start: int, limit: int) -> Iterator[Any]:
        """Batches from a row on; the row groups before it are not read."""
        groups: list[int] = []
        skipped = start
        for number in range(self._file.num_row_groups):
            size = self._file.metadata.row_group(number).num_rows
            if groups or skipped < size:
                groups.append(number)
            else:
                skipped -= size
        if not groups:
            return
        columns = self._header if self._ignored else None
        for batch in self._file.iter_batches(batch_size=limit, row_groups=groups, columns=columns):
            if skipped >= batch.num_rows:
                skipped -= batch.num_rows
                continue
            yield batch.slice(skipped) if skipped else batch
            skipped = 0

    def _rows(self, batch: Any) -> list[SourceRow]:
        column = self._roles.get("vector")
        provided = _vectors(batch.column(column)) if column else None
        others = batch.drop_columns([column]) if column and provided is not None else batch
        rows = []
        for number, values in enumerate(others.to_pylist()):
            row = columns.row_of(values, self._roles)
            if provided is None:
                row = vectors.added_to(row, values, self._roles)
            else:
                vector, note = vectors.checked(provided[number])
                model = str(values.get(self._roles.get("model", "")) or "")
                row = replace(row, vector=vector, note=note or row.note, model=model)
            rows.append(row)
        return rows


def _ignored(schema: Any) -> list[str]:
    """The columns that an export wrote for other programs, by its own list."""
    written = (schema.metadata or {}).get(IGNORED_KEY, b"[]")
    try:
        names = json.loads(written)
    except (ValueError, RecursionError):
        return []
    return [name for name in schema.names if name in names] if isinstance(names, list) else []


def _in_microseconds(batch: Any) -> Any:
    """The batch with the moments of pandas, in nanoseconds, as Python can have them."""
    import pyarrow

    for place, field in enumerate(batch.schema):
        if pyarrow.types.is_timestamp(field.type) and field.type.unit == "ns":
            moments = batch.column(place).cast(pyarrow.timestamp("us", field.type.tz), safe=False)
            batch = batch.set_column(place, field.name, moments)
    return batch


def _vectors(column: Any) -> Vector | None:
    """The column as one array, if each of its cells has a vector of the right width."""
    if not _has_lists_of_numbers(column.type) or column.null_count or not len(column):
        return None
    values = column.flatten()
    if values.null_count or len(values) != len(column) * WIDTH:
        return None
    lengths = np.asarray(column.value_lengths())
    if (lengths != WIDTH).any():
        return None
    return np.asarray(values.to_numpy(zero_copy_only=False), np.float32).reshape(-1, WIDTH)


def _has_lists_of_numbers(kind: Any) -> bool:
    from pyarrow import types

    is_list = types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)
    return bool(
        is_list and (types.is_floating(kind.value_type) or types.is_integer(kind.value_type))
    )
