"""Queries to measure an index with."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gallery.core.query_kind import QueryKind
from gallery.models import Embedding, EmbeddingSpace, IndexMeasurement

Vectors = npt.NDArray[np.float32]
Source = IndexMeasurement.Source

# Of a moved vector: the share of its own content that stays, and the length of the noise. With
# these, the cosine to the picture is 0.25 to 0.35, as between a CLIP text and its picture.
_CONTENT = 0.8
_NOISE = 0.9


@dataclass(frozen=True)
class QuerySample:
    """``vectors`` is ``(n, 512) float32`` with unit rows. ``own`` are the images whose stored
    vectors these are, which do not count as answers; empty for other queries.
    """

    kind: QueryKind
    source: IndexMeasurement.Source
    vectors: Vectors
    own: tuple[uuid.UUID, ...] = ()


def stored(space: EmbeddingSpace, count: int) -> QuerySample:
    """Random stored vectors. Keys are random, so a range of keys is a random sample."""
    rows = Embedding.objects.filter(space=space).order_by("image_id")
    values = rows.values_list("image_id", "vector")
    start = uuid.uuid4()
    chosen = list(values.filter(image_id__gte=start)[:count])
    if len(chosen) < count:
        chosen += values.filter(image_id__lt=start)[: count - len(chosen)]
    vectors = np.array([vector for _, vector in chosen], dtype=np.float32).reshape(-1, 512)
    own = tuple(key for key, _ in chosen)
    return QuerySample(QueryKind.PICTURE, Source.STORED_VECTORS, vectors, own)


def moved(pictures: QuerySample, text_mean: npt.NDArray[np.float64]) -> QuerySample:
    """Text-like queries: stored vectors moved from the mean of the pictures to that of the texts.

    Noise takes the place of what a text does not say about its picture.
    """
    rng = np.random.default_rng(0)
    noise = rng.standard_normal(pictures.vectors.shape)
    noise *= _NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
    content = pictures.vectors - pictures.vectors.mean(axis=0)
    vectors = text_mean + _CONTENT * content + noise
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return QuerySample(QueryKind.TEXT, Source.MOVED_VECTORS, vectors.astype(np.float32))
