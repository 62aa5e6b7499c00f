"""Some stored vectors of a space, for measurements in the background."""

from __future__ import annotations

import uuid

import numpy as np
import numpy.typing as npt
from django.db import connection
from pgvector import Vector

from gallery.models import WIDTH, Embedding, EmbeddingSpace

# A page of PostgreSQL holds three vectors, and TABLESAMPLE SYSTEM takes whole pages; a part of them
# may belong to other spaces.
_MORE = 1.5


def sample(space: EmbeddingSpace, limit: int) -> tuple[list[uuid.UUID], npt.NDArray[np.float32]]:
    """Up to ``limit`` image ids, and their unit vectors ``(n, 512) float32`` in the same order.

    All vectors if there are not more; otherwise those of random pages of the table, which takes
    time by ``limit`` and not by the number of rows.
    """
    rows = Embedding.objects.count()
    percent = min(100.0, 100 * _MORE * limit / max(1, rows))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT image_id, vector::text FROM gallery_embedding TABLESAMPLE SYSTEM (%s)"
            " WHERE space_id = %s LIMIT %s",
            [percent, space.pk, limit],
        )
        sampled = cursor.fetchall()
    ids = [image_id for image_id, _ in sampled]
    vectors = [Vector.from_text(text).to_numpy() for _, text in sampled]
    return ids, np.asarray(vectors, dtype=np.float32).reshape(-1, WIDTH)
