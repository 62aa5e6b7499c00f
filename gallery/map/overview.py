"""The clusters of the map that a person sees, with what is in them."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass

import numpy as np
from django.db import connection

from gallery.map.cluster_tags import tags_of
from gallery.map.points import Points, points_for
from gallery.models import Image, MapProjection, Tag, User

# Pictures of a cluster that its tags and its examples are chosen from. The keys are random, so the
# first ones are a random sample, and the time does not grow with the gallery.
_PICTURES_FOR_NAMES = 100
EXAMPLES = 4


@dataclass(frozen=True)
class ClusterOverview:
    """``number`` is the place in the list, from 1. ``tags`` are the most typical ones, at most two;
    if other clusters have the same, ``repetition`` tells them apart: 0, or 2 for the second one.
    ``x`` and ``y`` are the mean place of ``count`` pictures, in steps. ``examples`` are the most
    typical pictures.
    """

    id: int
    number: int
    count: int
    x: int
    y: int
    tags: tuple[Tag, ...]
    repetition: int
    examples: tuple[Image, ...]


@dataclass(frozen=True)
class MapOverview:
    """The largest cluster first. All counts and places are of pictures that the person sees: of all
    of them or, if ``is_sample``, of a random sample.
    """

    projection: MapProjection
    clusters: tuple[ClusterOverview, ...]
    is_sample: bool

    @property
    def count(self) -> int:
        return sum(cluster.count for cluster in self.clusters)


def overview_for(user: User) -> MapOverview | None:
    """None if there is no map yet."""
    projection = MapProjection.objects.shown()
    if projection is None:
        return None
    points = points_for(user, projection)
    ids, counts = np.unique(points.clusters, return_counts=True)
    sizes = sorted(zip(ids.tolist(), counts.tolist(), strict=True), key=lambda row: -row[1])
    samples = {key: _sample(points, key) for key, _ in sizes}
    tags, examples = tags_of(samples), _examples(samples, user)
    seen: Counter[tuple[Tag, ...]] = Counter()
    clusters = []
    for number, (key, count) in enumerate(sizes, start=1):
        seen[tags[key]] += 1
        x, y = points.places[points.clusters == key].mean(axis=0).round().astype(int).tolist()
        repetition = seen[tags[key]] if tags[key] and seen[tags[key]] > 1 else 0
        place = {"id": key, "number": number, "count": count, "x": x, "y": y}
        clusters.append(
            ClusterOverview(**place, tags=tags[key], repetition=repetition, examples=examples[key])
        )
    return MapOverview(projection, tuple(clusters), points.is_sample)


def _sample(points: Points, cluster: int) -> list[uuid.UUID]:
    rows = np.flatnonzero(points.clusters == cluster)[:_PICTURES_FOR_NAMES]
    return [uuid.UUID(bytes=points.keys[row].tobytes()) for row in rows]


def _examples(samples: dict[int, list[uuid.UUID]], user: User) -> dict[int, tuple[Image, ...]]:
    """The images of each sample that are nearest to the centre of their cluster."""
    keys = [key for sample in samples.values() for key in sample]
    clusters = [cluster for cluster, sample in samples.items() for _ in sample]
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST, [keys, clusters, EXAMPLES])
        rows = cursor.fetchall()
    visible = Image.objects.visible_to(user).defer("exif", "metadata")
    images = visible.in_bulk([key for key, _ in rows])
    return {
        cluster: tuple(images[key] for key, own in rows if own == cluster and key in images)
        for cluster in samples
    }


_NEAREST = """
SELECT image_id, cluster_id FROM (
    SELECT image_id, cluster_id, row_number() OVER (PARTITION BY cluster_id ORDER BY distance) AS n
    FROM (
        SELECT sample.image_id, sample.cluster_id, embedding.vector <=> cluster.centre AS distance
        FROM unnest(%s::uuid[], %s::int8[]) AS sample(image_id, cluster_id)
        JOIN gallery_mapcluster AS cluster ON cluster.id = sample.cluster_id
        JOIN gallery_mapprojection AS projection ON projection.id = cluster.projection_id
        JOIN gallery_embedding AS embedding
            ON embedding.image_id = sample.image_id AND embedding.space_id = projection.space_id
    ) AS compared
) AS ranked
WHERE n <= %s ORDER BY cluster_id, n
"""
