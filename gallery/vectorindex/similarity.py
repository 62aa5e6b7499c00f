"""Stored vectors, and their similarity to a query vector, as columns of a SELECT."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

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
