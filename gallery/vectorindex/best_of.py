"""The vectors nearest to any of several query vectors, by exact search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Least
from pgvector.django import CosineDistance

from gallery.models import Embedding, EmbeddingSpace, ImageQuerySet
from gallery.vectorindex.neighbours import Neighbour, nearest


def nearest_to_any(
    space: EmbeddingSpace,
    vectors: Sequence[npt.NDArray[np.float32]],
    *,
    within: ImageQuerySet,
    limit: int,
    beyond: Neighbour,
) -> list[Neighbour]:
    """Like ``nearest`` with ``beyond``; the distance is the one to the nearest of ``vectors``."""
    if len(vectors) == 1:
        return nearest(space, vectors[0], within=within, limit=limit, beyond=beyond)
    distances = [CosineDistance("vector", vector) for vector in vectors]
    rows = Embedding.objects.filter(space_id=space.pk, image_id__in=within.order_by().values("pk"))
    after = Q(distance=beyond.distance, image_id__gt=beyond.image_id)
    near: QuerySet[Any, Any] = rows.annotate(distance=Least(*distances))
    near = near.filter(Q(distance__gt=beyond.distance) | after)
    ordered = near.order_by("distance", "image_id").values_list("image_id", F("distance"))
    return [Neighbour(image_id, float(value)) for image_id, value in ordered[:limit]]
