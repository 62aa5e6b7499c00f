"""The columns of the Parquet table of an export."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow

from gallery.encoders.base import Vector
from gallery.ingest.imports.sources.tables.parquet import IGNORED_KEY
from gallery.models import WIDTH, EmbeddingSpace, Tag
from gallery.operations.export.paths import path_of

_MOMENT = pyarrow.timestamp("us", "UTC")
_TEXTS = pyarrow.list_(pyarrow.string())

# What an import sets again.
_IMPORTED = {
    "path": pyarrow.string(),
    "file_name": pyarrow.string(),
    "title": pyarrow.string(),
    "caption": pyarrow.string(),
    "tags": _TEXTS,
    "taken_at": _MOMENT,
    "external_id": pyarrow.string(),
    "visibility": pyarrow.string(),
    "latitude": pyarrow.float64(),
    "longitude": pyarrow.float64(),
    "metadata": pyarrow.string(),
    "embedding": pyarrow.list_(pyarrow.float32(), WIDTH),
    "embedding_model": pyarrow.string(),
}
# What the site decides, which is for other programs.
_DECIDED = {
    "id": pyarrow.string(),
    "owner": pyarrow.string(),
    "tags_zh": _TEXTS,
    "sha256": pyarrow.string(),
    "size": pyarrow.int64(),
    "format": pyarrow.string(),
    "width": pyarrow.int32(),
    "height": pyarrow.int32(),
    "colour": pyarrow.string(),
    "camera": pyarrow.string(),
    "lens": pyarrow.string(),
    "exif": pyarrow.string(),
    "damaged": pyarrow.bool_(),
    "perceptual_hash": pyarrow.int64(),
    "state": pyarrow.string(),
    "error_code": pyarrow.string(),
    "moderation": pyarrow.string(),
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
}
# An import of a table keeps columns that it does not know as metadata, except these.
SCHEMA = pyarrow.schema(
    _IMPORTED | _DECIDED, metadata={IGNORED_KEY: json.dumps(list(_DECIDED)).encode()}
)
_COMPUTED = {"path", "tags", "tags_zh", "embedding", "embedding_model"}
# Columns that are not those of an image: JSON as a text, and the name of the owner.
CONVERTED = ("metadata", "exif", "owner")
FIELDS = (*(name for name in SCHEMA.names if name not in {*_COMPUTED, *CONVERTED}), "tag_ids")

Row = Mapping[str, Any]


def batch_of(
    rows: Sequence[Row],
    tags: Mapping[int, Tag],
    vectors: Mapping[Any, Vector],
    space: EmbeddingSpace | None,
) -> pyarrow.RecordBatch:
    """``rows`` have ``FIELDS`` and ``CONVERTED``; ``vectors`` are those of ``space``."""
    values = {name: [row[name] for row in rows] for name in SCHEMA.names if name not in _COMPUTED}
    values["id"] = [str(key) for key in values["id"]]
    values["path"] = [
        path_of(row["file_name"], row["sha256"], row["format"], row["created_at"]) for row in rows
    ]
    given = [[tags[key] for key in row["tag_ids"] if key in tags] for row in rows]
    values["tags"] = [[tag.name for tag in one] for one in given]
    values["tags_zh"] = [[tag.name_zh for tag in one] for one in given]
    has_vector = [row["id"] in vectors for row in rows]
    fingerprint = space.fingerprint if space else None
    values["embedding_model"] = [fingerprint if has else None for has in has_vector]
    arrays = [
        _vectors(rows, vectors, has_vector)
        if column.name == "embedding"
        else pyarrow.array(values[column.name], column.type)
        for column in SCHEMA
    ]
    return pyarrow.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def _vectors(
    rows: Sequence[Row], vectors: Mapping[Any, Vector], has_vector: list[bool]
) -> pyarrow.Array:
    """Without a Python object for each number."""
    block = np.zeros((len(rows), WIDTH), np.float32)
    for position, row in enumerate(rows):
        if has_vector[position]:
            block[position] = vectors[row["id"]]
    return pyarrow.FixedSizeListArray.from_arrays(
        pyarrow.array(block.ravel()),
        type=_IMPORTED["embedding"],
        mask=pyarrow.array([not has for has in has_vector]),
    )
