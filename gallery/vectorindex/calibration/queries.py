"""Queries to measure an index with."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gallery.core.query_kind import QueryKind
from gallery.models import WIDTH, Embedding, EmbeddingSpace, IndexMeasurement

Vectors = npt.NDArray[np.float32]
Source = IndexMeasurement.Source

# Of a moved vector: the share of its own content that stays, and the length of the noise. With
# these, the cosine to the picture is 0.25 to 0.35, as between a CLIP text and its picture.
_CONTENT = 0.8
_NOISE = 0.9
# So few vectors are not blended.
_BLENDED = 3


@dataclass(frozen=True)
class QuerySample:
    """``vectors`` is ``(n, 512) float32`` with unit rows. ``own`` has the image of each query that
    is a stored vector, because it does not count as an answer, and None for other queries.
    """

    kind: QueryKind
    source: IndexMeasurement.Source
    vectors: Vectors
    own: tuple[uuid.UUID | None, ...] = ()


def pictures(space: EmbeddingSpace, count: int) -> QuerySample:
    """A third are random stored vectors, the others are blends of two of them.

    Stored vectors alone would be too easy: their topics are in the gallery. A blend is like an
    uploaded picture of a topic that the gallery does not have (docs/benchmarks.md).
    """
    keys, vectors = _stored(space, count)
    known = len(keys) // 3 if len(keys) > _BLENDED else len(keys)
    mean = vectors.mean(axis=0)
    content = vectors[known:] - mean
    blends = mean + (content + np.roll(content, 1, axis=0)) / np.sqrt(2)
    blends /= np.linalg.norm(blends, axis=1, keepdims=True)
    return QuerySample(
        QueryKind.PICTURE,
        Source.STORED_VECTORS,
        np.concatenate([vectors[:known], blends]).astype(np.float32),
        (*keys[:known], *(None for _ in keys[known:])),
    )


def _stored(space: EmbeddingSpace, count: int) -> tuple[list[uuid.UUID], Vectors]:
    """Random rows. Keys are random, so a range of keys is a random sample."""
    rows = Embedding.objects.filter(space=space).order_by("image_id")
    values = rows.values_list("image_id", "vector")
    start = uuid.uuid4()
    chosen = list(values.filter(image_id__gte=start)[:count])
    if len(chosen) < count:
        chosen += values.filter(image_id__lt=start)[: count - len(chosen)]
    vectors = np.array([vector for _, vector in chosen], dtype=np.float32).reshape(-1, WIDTH)
    return [key for key, _ in chosen], vectors


def moved(vectors: Vectors, text_mean: npt.NDArray[np.float64]) -> QuerySample:
    """Text-like queries: vectors moved from the mean of the pictures to that of the texts.

    Noise takes the place of what a text does not say about its picture.
    """
    rng = np.random.default_rng(0)
    noise = rng.standard_normal(vectors.shape)
    noise *= _NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
    content = vectors - vectors.mean(axis=0)
    texts = text_mean + _CONTENT * content + noise
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    return QuerySample(QueryKind.TEXT, Source.MOVED_VECTORS, texts.astype(np.float32))
