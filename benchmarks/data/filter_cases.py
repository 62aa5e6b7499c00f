"""Filters for a gallery of generated pictures, and the queries that go with each.

The pictures were taken at random times and uploaded topic by topic, so a span of ``taken_at`` is
unrelated to what the pictures show, and a span of ``created_at`` is a number of whole topics.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from benchmarks.data.clip_like import TOPICS, ClipLike
from gallery.encoders.base import Vectors
from gallery.models import ImageQuerySet

SHARES = (0.001, 0.01, 0.1, 0.5)
# Queries about the largest topics, none of which is in a filter by topic.
_OTHER_TOPICS = range(10)
_START = datetime(2000, 1, 1, tzinfo=UTC)
_MINUTES = 1_000_000


@dataclass(frozen=True)
class FilterCase:
    """``matches`` ``(rows,)`` marks the pictures of ``images``; ``queries`` are by kind."""

    name: str
    images: ImageQuerySet
    matches: npt.NDArray[np.bool_]
    queries: Mapping[str, Vectors]

    @property
    def share(self) -> float:
        return float(self.matches.mean())


def dates(topics: npt.NDArray[np.int64]) -> Mapping[str, list[str]]:
    """``taken_at`` and ``created_at`` for pictures of these topics."""
    return {
        "taken_at": [_date(int(minute)).isoformat() for minute in _taken(len(topics))],
        "created_at": [_date(int(topic)).isoformat() for topic in topics],
    }


def filter_cases(
    gallery: ClipLike, images: ImageQuerySet, topics: npt.NDArray[np.int64], count: int
) -> Iterator[FilterCase]:
    """Each share of the pictures, by chance and as whole topics; ``count`` queries of each kind."""
    taken = _taken(len(topics))
    anything = queries_about(gallery, range(TOPICS), count)
    others = queries_about(gallery, _OTHER_TOPICS, count)
    for share in SHARES:
        last = round(share * _MINUTES)
        spread = images.filter(taken_at__lt=_date(last))
        yield FilterCase("spread", spread, taken < last, anything)
    for share in SHARES:
        span = _topics_of(gallery, share)
        alike = images.filter(created_at__gte=_date(span.start), created_at__lt=_date(span.stop))
        inside = (topics >= span.start) & (topics < span.stop)
        yield FilterCase("topics", alike, inside, queries_about(gallery, span, count))
        yield FilterCase("topics, queries about others", alike, inside, others)


def queries_about(gallery: ClipLike, topics: range, count: int) -> Mapping[str, Vectors]:
    """New pictures of the topics, and texts about other new pictures of them."""
    return {
        "text": gallery.texts(gallery.pictures(count, seed=77, topics=topics)),
        "picture": gallery.pictures(count, seed=99, topics=topics),
    }


def _topics_of(gallery: ClipLike, share: float) -> range:
    """Consecutive topics with about this share of the pictures, and none of the largest."""
    weights = gallery.topic_weights
    first = _OTHER_TOPICS.stop + int(np.argmax(weights[_OTHER_TOPICS.stop :] <= share * 1.05))
    sums = np.cumsum(weights[first:])
    return range(first, first + 1 + int(np.argmin(np.abs(sums - share))))


def _taken(count: int) -> npt.NDArray[np.int64]:
    return np.random.default_rng(5).integers(0, _MINUTES, count)


def _date(minutes: int) -> datetime:
    return _START + timedelta(minutes=minutes)
