"""Where recommendations come from: the neighbours of each interest, and new, popular and random
pictures."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from django.db.models import Count

from gallery.core.query_kind import QueryKind
from gallery.models import EmbeddingSpace, ImageQuerySet, Interest, ReactionKind, State, User
from gallery.recommendations.places import places_of
from gallery.vectorindex.neighbours import nearest


class Origin(StrEnum):
    INTEREST = "interest"
    NEW = "new"
    POPULAR = "popular"
    RANDOM = "random"


@dataclass(frozen=True)
class Source:
    """Candidates, best first, with their relevance from 1 to 0. ``share`` is the part of the feed
    that comes from here, in proportion to the shares of the others.
    """

    origin: Origin
    share: float
    candidates: tuple[tuple[uuid.UUID, float], ...]
    interest: Interest | None = None


# The interests give this part of a feed. The rest shows people what they do not know yet.
_INTERESTS_SHARE = 0.9
_SHARES = {Origin.NEW: 0.04, Origin.POPULAR: 0.03, Origin.RANDOM: 0.03}
# Each interest gives more than its part of a page, so that the best of different kinds are chosen.
_MOST = 60
# A picture is popular from so many likes of other people: with fewer, a reader could guess whose.
LEAST_LIKES = 3


def sources_for(
    user: User,
    candidates: ImageQuerySet,
    *,
    space: EmbeddingSpace,
    interests: Sequence[Interest],
    today: date,
    limit: int,
) -> list[Source]:
    """``candidates`` are the pictures that the person sees and has not judged; ``interests`` have
    their vectors. Without interests, the feed is of popular, new and random pictures. ``limit`` is
    the number of places of the feed.
    """
    ready = candidates.filter(state=State.READY)
    sources = _interests(space, interests, candidates, limit)
    others = {
        Origin.NEW: _newest(ready),
        Origin.POPULAR: _popular(ready),
        Origin.RANDOM: _random(ready, user, today),
    }
    sources += [
        Source(origin, _SHARES[origin], _ranked(keys)) for origin, keys in others.items() if keys
    ]
    return sources


def _interests(
    space: EmbeddingSpace, interests: Sequence[Interest], candidates: ImageQuerySet, limit: int
) -> list[Source]:
    nearest_pictures = [_nearest(space, interest, candidates) for interest in interests]
    places = places_of(
        [np.asarray([similarity for _key, similarity in each]) for each in nearest_pictures],
        [interest.weight for interest in interests],
        [interest.kind for interest in interests],
        round(_INTERESTS_SHARE * limit),
    )
    return [
        Source(
            Origin.INTEREST,
            _INTERESTS_SHARE * count / max(sum(places), 1),
            _scaled(pictures),
            interest,
        )
        for interest, pictures, count in zip(interests, nearest_pictures, places, strict=True)
    ]


def _nearest(
    space: EmbeddingSpace, interest: Interest, candidates: ImageQuerySet
) -> list[tuple[uuid.UUID, float]]:
    """Pictures and their similarities, best first."""
    vector = np.asarray(interest.vector, dtype=np.float32)
    kind = QueryKind(interest.kind)
    rows = nearest(space, vector, within=candidates, limit=_MOST, kind=kind)
    return [(row.image_id, 1 - row.distance) for row in rows]


def _scaled(pictures: Sequence[tuple[uuid.UUID, float]]) -> tuple[tuple[uuid.UUID, float], ...]:
    """From 1 for the nearest picture to 0 for the last."""
    if not pictures:
        return ()
    last = pictures[-1][1]
    spread = max(pictures[0][1] - last, 1e-6)
    return tuple((key, (similarity - last) / spread) for key, similarity in pictures)


def _newest(ready: ImageQuerySet) -> list[uuid.UUID]:
    return list(ready.order_by("-created_at", "-pk").values_list("pk", flat=True)[:_MOST])


def _popular(ready: ImageQuerySet) -> list[uuid.UUID]:
    """Return those with most likes first. Nobody has judged the candidates they get, so the likes
    are of others."""
    liked = ready.filter(reactions__kind=ReactionKind.LIKE).annotate(likes=Count("reactions"))
    liked = liked.filter(likes__gte=LEAST_LIKES).order_by("-likes", "-created_at", "-pk")
    return list(liked.values_list("pk", flat=True)[:_MOST])


def _random(ready: ImageQuerySet, user: User, today: date) -> list[uuid.UUID]:
    """The same pictures all day. Keys are random, so a random place in their order is enough."""
    digest = hashlib.sha256(f"{user.pk} {today}".encode()).digest()
    start = uuid.UUID(bytes=digest[:16])
    keys = ready.order_by("pk").values_list("pk", flat=True)
    after = list(keys.filter(pk__gte=start)[:_MOST])
    return after + list(keys.filter(pk__lt=start)[: _MOST - len(after)])


def _ranked(keys: Sequence[uuid.UUID]) -> tuple[tuple[uuid.UUID, float], ...]:
    return tuple((key, 1 - place / len(keys)) for place, key in enumerate(keys))
