"""The pictures for one person, each with a reason."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Exists, OuterRef
from django.utils import timezone

from gallery.embeddings import spaces
from gallery.encoders.base import Vector
from gallery.models import (
    WIDTH,
    ActivityEvent,
    Embedding,
    EmbeddingSpace,
    Image,
    ImageQuerySet,
    Interest,
    NearDuplicatePair,
    Reaction,
    ReactionKind,
    User,
)
from gallery.recommendations.candidates import sources_for
from gallery.recommendations.reasons import Reasons, RecommendationReason
from gallery.recommendations.rerank import Pool, ranked

# Disliked pictures that candidates are compared with, the newest ones.
_MOST_DISLIKED = 100


@dataclass(frozen=True)
class Recommendation:
    image: Image
    reason: RecommendationReason


@dataclass(frozen=True)
class Feed:
    """``is_personal`` is False until there are interests."""

    recommendations: list[Recommendation]
    is_personal: bool


def recommend(user: User, *, limit: int) -> Feed:
    """At most ``limit`` pictures that the person sees and has not judged, best first.

    Raises ``EncoderUnavailable`` if no encoder is chosen yet.
    """
    space = spaces.recently_active()
    visible = Image.objects.visible_to(user)
    own = Reaction.objects.filter(user=user.pk)
    # Moderators and owners see hidden pictures too, but nobody gets them recommended.
    candidates = visible.shown().filter(~Exists(own.filter(image_id=OuterRef("pk"))))
    interests = interests_of(user, space)
    sources = sources_for(
        user,
        candidates,
        space=space,
        interests=interests,
        today=timezone.localdate(),
        limit=limit,
    )
    named = {key for each in interests for key in each.images}
    keys = {key for source in sources for key, _relevance in source.candidates}
    disliked = list(
        own.filter(kind=ReactionKind.DISLIKE)
        .order_by("-at")
        .values_list("image_id", flat=True)[:_MOST_DISLIKED]
    )
    vectors = Embedding.objects.vectors_of([*keys, *named, *disliked], space)
    chosen = ranked(_pool(user, keys, candidates, vectors, disliked), sources, limit)
    reasons = Reasons(user, visible, vectors, named)
    images = visible.select_related("owner").in_bulk([key for key, _source in chosen])
    return Feed(
        [
            Recommendation(images[key], reasons.reason_for(key, source))
            for key, source in chosen
            if key in images
        ],
        is_personal=bool(interests),
    )


def interests_of(user: User, space: EmbeddingSpace) -> list[Interest]:
    """With their vectors; none while they are computed for another space."""
    if not user.is_authenticated:
        return []
    rows = Interest.objects.filter(profile__user=user.pk, profile__space_id=space.pk)
    return list(rows.defer(None))


def _pool(
    user: User,
    keys: Collection[uuid.UUID],
    candidates: ImageQuerySet,
    vectors: Mapping[uuid.UUID, Vector],
    disliked: Sequence[uuid.UUID],
) -> Pool:
    now = timezone.now()
    ages = {
        key: max(0.0, (now - at).total_seconds() / 86400)
        for key, at in candidates.filter(pk__in=keys).values_list("pk", "created_at")
    }
    viewed = ActivityEvent.objects.filter(user=user.pk, image_id__in=keys)
    seen = set(viewed.values_list("image_id", flat=True))
    known = sorted(ages)
    empty = np.zeros(WIDTH)
    rows = [vectors.get(key, empty) for key in known]
    against = [vectors[key] for key in disliked if key in vectors]
    return Pool(
        keys=known,
        rows=np.asarray(rows, dtype=np.float64).reshape(-1, WIDTH),
        disliked=np.asarray(against, dtype=np.float64).reshape(-1, WIDTH),
        ages=np.asarray([ages[key] for key in known], dtype=np.float64),
        seen=np.asarray([key in seen for key in known], dtype=bool),
        copies=_copies(known),
    )


def _copies(keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """The near-duplicates of each, unless somebody has decided to keep both."""
    pairs = NearDuplicatePair.objects.undecided().among(keys)
    copies: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for first, second in pairs.values_list("first_id", "second_id"):
        copies[first].add(second)
        copies[second].add(first)
    return copies
