"""Vectors that came with pictures: the embed stage stores them instead of encoding."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import numpy as np
from django.db import connection

from gallery.encoders.base import Vector
from gallery.models import EmbeddingSpace, Image, ProvidedVector

Pair = tuple[Image, Vector]


def split(images: Sequence[Image], space: EmbeddingSpace) -> tuple[list[Pair], list[Image]]:
    """The images that have a vector in the space already, with it, and the others."""
    rows = ProvidedVector.objects.filter(image__in=images, space=space)
    vectors = {
        key: np.asarray(vector, np.float32)
        for key, vector in rows.values_list("image_id", "vector")
    }
    with_vector = [(image, vectors[image.pk]) for image in images if image.pk in vectors]
    return with_vector, [image for image in images if image.pk not in vectors]


def store_others(images: Sequence[uuid.UUID]) -> None:
    """Store the vectors of these images, which became searchable, in all other spaces too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH moved AS (DELETE FROM gallery_providedvector WHERE image_id = ANY (%s)"
            " RETURNING image_id, space_id, vector)"
            " INSERT INTO gallery_embedding (image_id, space_id, vector)"
            " SELECT m.image_id, s.id, m.vector FROM moved m JOIN gallery_embeddingspace s"
            " ON s.id = m.space_id AND NOT s.dropping ORDER BY m.image_id FOR KEY SHARE OF s"
            " ON CONFLICT DO NOTHING",
            [list(images)],
        )
