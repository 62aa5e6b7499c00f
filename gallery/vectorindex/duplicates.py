"""Near-duplicates among a few images, found by PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from django.db import connection

from gallery.models import EmbeddingSpace

# 0.94 is what clip-retrieval uses to remove near-duplicates (clip_back.py, deduplication by
# connected components). On the demo gallery no two different pictures are above 0.873, and a copy
# of half the size is at least at 0.9999.
SAME_PICTURE = 0.94


def duplicate_pairs(
    space: EmbeddingSpace, image_ids: Collection[uuid.UUID], *, similarity: float = SAME_PICTURE
) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Pairs of these images whose cosine similarity is at least ``similarity``, each pair once.

    The time grows with the square of the number of images: 200 take about 10 ms.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH chosen AS MATERIALIZED (SELECT image_id, vector FROM gallery_embedding"
            " WHERE space_id = %s AND image_id = ANY (%s))"
            " SELECT a.image_id, b.image_id FROM chosen a JOIN chosen b"
            " ON a.image_id < b.image_id AND a.vector <=> b.vector <= %s",
            [space.pk, list(image_ids), 1 - similarity],
        )
        return list(cursor.fetchall())


def similarities(
    space: EmbeddingSpace,
    pairs: Sequence[tuple[uuid.UUID, uuid.UUID]],
    *,
    at_least: float,
) -> dict[tuple[uuid.UUID, uuid.UUID], float]:
    """The cosine similarities of these pairs of images, without those below ``at_least``."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.a, p.b, 1 - (a.vector <=> b.vector)"
            " FROM unnest(%s::uuid[], %s::uuid[]) AS p(a, b)"
            " JOIN gallery_embedding a ON a.space_id = %s AND a.image_id = p.a"
            " JOIN gallery_embedding b ON b.space_id = %s AND b.image_id = p.b"
            " WHERE a.vector <=> b.vector <= %s",
            [[a for a, _ in pairs], [b for _, b in pairs], space.pk, space.pk, 1 - at_least],
        )
        return {(a, b): similarity for a, b, similarity in cursor.fetchall()}
