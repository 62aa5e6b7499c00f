"""Stored vectors, and their similarity to a query vector, as columns of a SELECT."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection

from gallery.models import EmbeddingSpace
from gallery.vectorindex.statements import as_text


def similarity_column(
    space: EmbeddingSpace, vector: npt.NDArray[np.float32], *, image: str
) -> tuple[str, tuple[Any, ...]]:
    """SQL and values: the cosine similarity of the image whose key is the column ``image``; NULL
    if it has no vector in ``space``.
    """
    sql = (
        "(SELECT 1 - (vector <=> %s::vector) FROM gallery_embedding"
        f" WHERE space_id = {int(space.pk)} AND image_id = {image})"
    )
    return sql, (as_text(vector),)


def stored_vector_column(
    space: EmbeddingSpace, *, image: str, owner: str, owner_id: int
) -> tuple[str, tuple[Any, ...]]:
    """SQL and values: the vector of the image whose key is the column ``image``; NULL if the column
    ``owner`` is not ``owner_id``.
    """
    sql = (
        "(SELECT vector::real[] FROM gallery_embedding"
        f" WHERE image_id = {image} AND space_id = %s AND {owner} = %s)"
    )
    return sql, (space.pk, owner_id)


def similarities_to(
    space: EmbeddingSpace,
    vectors: Sequence[npt.NDArray[np.float32]],
    image_ids: Collection[uuid.UUID],
) -> dict[uuid.UUID, list[float]]:
    """The cosine similarities of these images to each of the vectors; images that have no vector in
    ``space`` are left out.
    """
    columns = ", ".join(["1 - (vector <=> %s::vector)"] * len(vectors))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT image_id, {columns} FROM gallery_embedding"
            " WHERE space_id = %s AND image_id = ANY (%s)",
            [*map(as_text, vectors), space.pk, list(image_ids)],
        )
        return {image_id: list(values) for image_id, *values in cursor.fetchall()}
