"""Leave images out that match a text well by meaning: “without people” with nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q
from pgvector.django import CosineDistance

from gallery.core.errors import EncoderMismatch, EncoderUnavailable, NoVector, OutOfMemory
from gallery.core.query_kind import QueryKind
from gallery.embeddings import answering, encode
from gallery.encoders.base import Vector
from gallery.models import Embedding, EmbeddingSpace, ImageQuerySet
from gallery.search.bands import BandThresholds, corrected
from gallery.search.relevance import measured_thresholds
from gallery.vectorindex.similarity import similarities_to


def without_matches(images: ImageQuerySet, texts: Sequence[str]) -> ImageQuerySet:
    """Those of ``images`` that would be no close match of a search for one of the texts by meaning;
    all where nothing can be compared.
    """
    try:
        space = answering.space_to_search()
        vectors = encode.text_vectors(space, texts)
    except (EncoderUnavailable, EncoderMismatch, NoVector, OutOfMemory):
        return images
    thresholds = measured_thresholds(space, QueryKind.TEXT)
    if thresholds is None:
        return images
    for vector in vectors:
        images = images.filter(_is_unlike(space, vector, thresholds))
    return images


def _is_unlike(space: EmbeddingSpace, vector: Vector, thresholds: BandThresholds) -> Q:
    own = Embedding.objects.filter(space_id=space.pk, image_id=OuterRef("pk"))
    distance = CosineDistance("vector", vector)
    matches = own.alias(distance=distance).filter(distance__lte=1 - thresholds.good)
    return ~Q(Exists(matches)) | Q(pk__in=_unlike_hubs(space, vector, thresholds))


def _unlike_hubs(
    space: EmbeddingSpace, vector: Vector, thresholds: BandThresholds
) -> list[uuid.UUID]:
    """Images that only seem to match, because they are near to almost every text."""
    near = similarities_to(space, [vector], thresholds.hubs) if thresholds.hubs else {}
    return [
        key
        for key, [similarity] in near.items()
        if similarity >= thresholds.good > corrected(similarity, thresholds, key)
    ]
