"""Where images are in a projection, and in which cluster."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from django.db import connection

from gallery.map import clusters
from gallery.map.pca import Axes, Vectors
from gallery.map.sample import Block, block_of
from gallery.models import MapCluster, MapMethod, MapPoint, MapProjection

Places = npt.NDArray[np.float64]

# On UMAP's map, a new picture is placed among so many of its nearest neighbours.
_NEIGHBOURS = 8
# The weight is exp(20 · (cosine - 1)), so neighbours that are much less similar count little.
_SHARPNESS = 20


def place(block: Block, projection: MapProjection) -> None:
    """Store where these images are. Images that are deleted at the same time are left out."""
    if block.keys:
        store(block, projection, _places(block.vectors, projection))


def store(
    block: Block, projection: MapProjection, places: Places, *, anchors: bool = False
) -> None:
    rows = MapCluster.objects.filter(projection=projection).order_by("number")
    keys, centres = zip(*rows.values_list("pk", "centre"), strict=True)
    numbers = clusters.nearest(block.vectors, np.asarray(centres, dtype=np.float32))
    columns = [places[:, 0].tolist(), places[:, 1].tolist(), [keys[n] for n in numbers]]
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [block.keys, *columns, projection.pk, anchors])


def _places(vectors: Vectors, projection: MapProjection) -> Places:
    if projection.method == MapMethod.UMAP:
        return _among_anchors(vectors, projection)
    axes = np.asarray([projection.first_axis, projection.second_axis], dtype=np.float32)
    return Axes(np.asarray(projection.mean, dtype=np.float32), axes).coordinates(vectors)


def _among_anchors(vectors: Vectors, projection: MapProjection) -> Places:
    """The mean of the places of the nearest anchors, weighted by similarity."""
    rows = MapPoint.objects.filter(projection=projection, is_anchor=True)
    anchor_places = {key: (x, y) for key, x, y in rows.values_list("image_id", "x", "y")}
    anchors = block_of(list(anchor_places), projection.space)
    if not anchors.keys:  # all of them are deleted
        return np.zeros((len(vectors), 2))
    similarities = vectors @ anchors.vectors.T
    count = min(_NEIGHBOURS, len(anchors.keys))
    nearest = np.argpartition(-similarities, count - 1, axis=1)[:, :count]
    weights = np.exp(_SHARPNESS * (np.take_along_axis(similarities, nearest, axis=1) - 1))
    places = np.asarray([anchor_places[key] for key in anchors.keys])[nearest]
    weights = weights.astype(np.float64)[:, :, None]
    return np.asarray((places * weights).sum(axis=1) / weights.sum(axis=1))


# Locks the images in the order of their keys, as those who delete them do. Anchors stay where UMAP
# has put them.
_STORE = """
WITH place AS (
    SELECT * FROM unnest(%s::uuid[], %s::float8[], %s::float8[], %s::int8[])
        AS p(image_id, x, y, cluster_id)
), existing AS (
    SELECT id FROM gallery_image WHERE id IN (SELECT image_id FROM place)
    ORDER BY id FOR KEY SHARE
)
INSERT INTO gallery_mappoint (image_id, projection_id, x, y, cluster_id, is_anchor)
SELECT image_id, %s, x, y, cluster_id, %s FROM place
WHERE image_id IN (SELECT id FROM existing) ORDER BY image_id
ON CONFLICT (image_id, projection_id) DO UPDATE
SET x = excluded.x, y = excluded.y, cluster_id = excluded.cluster_id
WHERE NOT gallery_mappoint.is_anchor
"""
