"""Hubs: pictures that are near to almost every query, because the encoder does not know them.

Noise, scanned pages or photographs are hubs for an encoder of drawings. The mean similarity of a
picture to the background queries is the product of its vector with their mean, so one search with
the mean finds the pictures with the highest mean similarity.
"""

from __future__ import annotations

import uuid

import numpy as np

from gallery.core.query_kind import QueryKind
from gallery.encoders.base import Vector, Vectors
from gallery.models import EmbeddingSpace
from gallery.vectorindex.neighbours import nearest

# At most so many hubs are stored: about 4 MB in each process that searches.
MOST = 20_000
# A picture is a hub if its mean similarity is so many standard deviations above the median; the
# deviation is estimated by the median absolute deviation, which outliers do not change. On the
# demo gallery no picture is above 3.9; noise, pages and most photographs are from 8 to 20.
_DEVIATIONS = 6.0
_DEVIATION_PER_MAD = 1.4826


def hubs_of(
    space: EmbeddingSpace, kind: QueryKind, *, queries: Vectors, sample: Vectors
) -> dict[uuid.UUID, float]:
    """For each hub, how much nearer it is to a background query than the median picture.

    ``queries`` are the background queries, ``sample`` vectors of the gallery.
    """
    centre: Vector = _unanswered(queries, kind, sample).mean(axis=0)
    length = float(np.linalg.norm(centre))
    means = sample @ centre
    median = float(np.median(means))
    deviation = _DEVIATION_PER_MAD * float(np.median(np.abs(means - median)))
    least = median + max(_DEVIATIONS * deviation, 1e-3)
    candidates = nearest(space, centre / length, within=None, limit=MOST, kind=kind)
    means_of = {each.image_id: (1 - each.distance) * length for each in candidates}
    return {image_id: mean - median for image_id, mean in means_of.items() if mean > least}


def _unanswered(queries: Vectors, kind: QueryKind, sample: Vectors) -> Vectors:
    """The half of the texts that is farthest from the median picture.

    Encoders know some words of the others, and those are not nearer to a hub. No encoder is
    expected to know the pictures.
    """
    if kind == QueryKind.PICTURE:
        return queries
    nearness = np.median(queries @ sample.T, axis=1)
    farthest: Vectors = queries[nearness <= np.median(nearness)]
    return farthest
