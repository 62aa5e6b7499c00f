"""Finds images whose vector is missing, or is not a unit vector; removes invalid ones."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator

from django.db import connection

from gallery.models import FindingKind

# The norm of every vector is 1; NaN is not between two numbers either.
_STATEMENT = """
    SELECT i.id, s.encoder, e.image_id IS NULL
    FROM gallery_image i
    JOIN gallery_embeddingspace s ON NOT s.dropping
    LEFT JOIN gallery_embedding e ON e.image_id = i.id AND e.space_id = s.id
    WHERE i.id = ANY (%s) AND CASE
        WHEN e.image_id IS NULL THEN s.active AND i.state = 'ready'
        ELSE vector_norm(e.vector) NOT BETWEEN 0.999 AND 1.001
    END
"""
_INVALID_ELSEWHERE = """
    DELETE FROM gallery_embedding e USING gallery_embeddingspace s
    WHERE e.space_id = s.id AND NOT s.active AND e.image_id = ANY (%s)
    AND vector_norm(e.vector) NOT BETWEEN 0.999 AND 1.001
"""


def examine(image_ids: Collection[uuid.UUID]) -> Iterator[tuple[uuid.UUID, FindingKind, str]]:
    """One statement: rows and vectors are of one moment, so an image being embedded is no finding.

    Vectors of all spaces are looked at, a missing one only counts in the active space.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, [list(image_ids)])
        for key, encoder, is_missing in cursor.fetchall():
            kind = FindingKind.VECTOR_MISSING if is_missing else FindingKind.VECTOR_INVALID
            yield key, kind, encoder


def remove_invalid_elsewhere(image_ids: Collection[uuid.UUID]) -> None:
    """Delete invalid vectors of spaces that are not active: a backfill makes them again."""
    with connection.cursor() as cursor:
        cursor.execute(_INVALID_ELSEWHERE, [list(image_ids)])
