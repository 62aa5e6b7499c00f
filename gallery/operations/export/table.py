"""Writes the Parquet table of an export, and reads it again."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import F, TextField
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from gallery.media import durable
from gallery.models import Embedding, EmbeddingSpace, ImageQuerySet, Tag
from gallery.operations.export.columns import CONVERTED, FIELDS, SCHEMA, Row, batch_of

# A row group has as many, and about 5 MB of vectors.
ROWS_AT_ONCE = 2_500


def write(images: ImageQuerySet, path: Path) -> Iterator[int]:
    """Write the rows of one moment to ``path``; gives the number of rows after each batch.

    Memory does not grow with the rows.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        space = EmbeddingSpace.objects.filter(active=True).first()
        path.touch(mode=0o600)
        with pyarrow.parquet.ParquetWriter(path, SCHEMA, **_OPTIONS) as writer:
            for rows in _batches(_rows(images)):
                writer.write_batch(_batch_of(rows, space), row_group_size=ROWS_AT_ONCE)
                yield len(rows)
    durable.sync(path)


def read(path: Path, columns: list[str]) -> Iterator[list[dict[str, Any]]]:
    """Some columns of a table that ``write`` wrote, in batches."""
    with pyarrow.parquet.ParquetFile(path) as table:
        for batch in table.iter_batches(batch_size=ROWS_AT_ONCE, columns=columns):
            yield batch.to_pylist()


def _leaf(column: pyarrow.Field) -> str:
    """The name of the values in Parquet."""
    return f"{column.name}.list.element" if pyarrow.types.is_nested(column.type) else column.name


# Vectors of floats do not become smaller.
_OPTIONS: dict[str, Any] = {
    "compression": {
        _leaf(column): "none" if column.name == "embedding" else "zstd" for column in SCHEMA
    },
    "use_dictionary": ["owner", "format", "visibility", "camera", "lens", "state", "moderation"],
}


def _rows(images: ImageQuerySet) -> Iterator[Row]:
    """By one server-side cursor. PostgreSQL makes texts of JSON more quickly than Python."""
    sources: dict[str, Combinable] = {
        "metadata": Cast("metadata", TextField()),
        "exif": Cast("exif", TextField()),
        "owner": F(f"owner__{get_user_model().USERNAME_FIELD}"),
    }
    converted = {f"{name}_converted": sources[name] for name in CONVERTED}
    rows = images.order_by("pk").values(*FIELDS, **converted)
    for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
        yield row | {name: row[f"{name}_converted"] for name in CONVERTED}


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while batch := list(itertools.islice(remaining, ROWS_AT_ONCE)):
        yield batch


def _batch_of(rows: list[Row], space: EmbeddingSpace | None) -> pyarrow.RecordBatch:
    tags = Tag.objects.in_bulk({key for row in rows for key in row["tag_ids"]})
    keys = [row["id"] for row in rows]
    vectors = Embedding.objects.vectors_of(keys, space) if space else {}
    return batch_of(rows, tags, vectors, space)
