"""What a person liked, viewed and searched for, as vectors with weights."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.utils import timezone

from gallery.core.errors import NoVector
from gallery.embeddings import encode
from gallery.models import (
    WIDTH,
    ActivityEvent,
    Embedding,
    EmbeddingSpace,
    EventKind,
    Image,
    Reaction,
    ReactionKind,
)

Key = TypeVar("Key", uuid.UUID, str)
Rows = npt.NDArray[np.float64]

# A like is a decision, a search is an intention, and a view may be a mistake.
LIKE_WEIGHT, SEARCH_WEIGHT, VIEW_WEIGHT = 1.0, 0.5, 0.2
# A month without activity halves what was before: seasons and projects change in months.
HALF_LIFE = timedelta(days=30)
# The newest of each kind. Three hundred vectors are 0.6 MB, and are clustered in 0.1 s.
_MOST = 300


@dataclass(frozen=True)
class Examples(Generic[Key]):
    """``rows`` ``(n, 512)`` are the unit vectors of ``keys``."""

    keys: Sequence[Key]
    rows: Rows
    weights: Rows


def liked_and_viewed(user: AbstractBaseUser, space: EmbeddingSpace) -> Examples[uuid.UUID]:
    """Pictures that the person still sees, without those that they dislike."""
    reactions = Reaction.objects.filter(user=user.pk)
    viewed = ActivityEvent.objects.filter(user=user.pk, kind=EventKind.VIEW)
    viewed = viewed.exclude(image__in=reactions.values("image"))
    weights = _weights(_newest(viewed, "image_id"), VIEW_WEIGHT)
    likes = reactions.filter(kind=ReactionKind.LIKE)
    weights |= _weights(_newest(likes, "image_id"), LIKE_WEIGHT)
    return _of_pictures(user, space, weights)


def disliked(user: AbstractBaseUser, space: EmbeddingSpace) -> Examples[uuid.UUID]:
    rows = Reaction.objects.filter(user=user.pk, kind=ReactionKind.DISLIKE)
    return _of_pictures(user, space, _weights(_newest(rows, "image_id"), LIKE_WEIGHT))


def searched(user: AbstractBaseUser, space: EmbeddingSpace) -> Examples[str]:
    """Texts of searches. Raises ``EncoderUnavailable``."""
    rows = ActivityEvent.objects.filter(user=user.pk, kind=EventKind.SEARCH)
    weights = _weights(_newest(rows, "text"), SEARCH_WEIGHT)
    try:
        vectors = _text_vectors(space, list(weights))
    except NoVector:  # One of the texts has none in this space.
        vectors = {}
        for text in weights:
            with contextlib.suppress(NoVector):
                vectors |= _text_vectors(space, [text])
    return _examples(weights, vectors)


def _text_vectors(
    space: EmbeddingSpace, texts: Sequence[str]
) -> dict[str, npt.NDArray[np.float32]]:
    vectors = encode.text_vectors(space, texts) if texts else []
    return dict(zip(texts, vectors, strict=True))


def _newest(rows: QuerySet[Any, Any], key: str) -> Iterable[tuple[Any, datetime]]:
    return rows.order_by("-at", "-pk").values_list(key, "at")[:_MOST]


def _weights(rows: Iterable[tuple[Key, datetime]], weight: float) -> dict[Key, float]:
    now = timezone.now()
    return {key: weight * 0.5 ** ((now - at) / HALF_LIFE) for key, at in rows}


def _of_pictures(
    user: AbstractBaseUser, space: EmbeddingSpace, weights: dict[uuid.UUID, float]
) -> Examples[uuid.UUID]:
    visible = Image.objects.visible_to(user).filter(pk__in=weights).values_list("pk", flat=True)
    return _examples(weights, Embedding.objects.vectors_of(list(visible), space))


def _examples(
    weights: dict[Key, float], vectors: dict[Key, npt.NDArray[np.float32]]
) -> Examples[Key]:
    keys = [key for key in weights if key in vectors]
    rows = np.asarray([vectors[key] for key in keys], dtype=np.float64).reshape(-1, WIDTH)
    return Examples(keys, rows, np.asarray([weights[key] for key in keys], dtype=np.float64))
