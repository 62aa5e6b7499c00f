"""The points that a person sees, as arrays of a few bytes for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.core.exceptions import EmptyResultSet
from django.db import connection

from gallery.models import Image, MapProjection, User

# More would take seconds and megabytes for a page. The keys are random, so the first ones are a
# random sample of all.
MOST_POINTS = 250_000
# A coordinate is a number of 16 bits: 0 for -1, and 65,535 for 1.
STEPS = 65_535
_ROW = np.dtype([("cluster", ">i4"), ("x", ">f4"), ("y", ">f4"), ("key", "V16")])


@dataclass(frozen=True)
class Points:
    """They are in the order of the images' keys, which are ``(n, 16)`` bytes. ``places`` are
    ``(n, 2)`` steps. ``clusters`` are the primary keys of the clusters. With ``is_sample`` there
    are more.
    """

    keys: npt.NDArray[np.uint8]
    places: npt.NDArray[np.uint16]
    clusters: npt.NDArray[np.int32]
    is_sample: bool

    def __len__(self) -> int:
        return len(self.keys)


def points_for(user: User, projection: MapProjection) -> Points:
    """The points of the images that the person may see; of more than ``MOST_POINTS``, a random
    sample.

    For 100,000, PostgreSQL takes about 0.3 s.
    """
    every_row = np.frombuffer(_read(user, projection), dtype=_ROW)
    rows = every_row[:MOST_POINTS]
    places = np.stack([rows["x"], rows["y"]], axis=1).astype(np.float64)
    steps = np.rint((np.clip(places, -1, 1) + 1) / 2 * STEPS).astype(np.uint16)
    keys = np.frombuffer(rows["key"].tobytes(), dtype=np.uint8).reshape(-1, 16)
    is_sample = len(rows) < len(every_row)
    return Points(keys, steps, rows["cluster"].astype(np.int32), is_sample)


def _read(user: User, projection: MapProjection) -> bytes:
    """One row more than ``MOST_POINTS`` says that there are more."""
    try:
        visible = Image.objects.visible_to(user).condition
    except EmptyResultSet:
        return b""
    with connection.cursor() as cursor:
        values = [projection.pk, *visible.values, MOST_POINTS + 1]
        cursor.execute(_READ.format(visible=visible.sql), values)
        (data,) = cursor.fetchone() or (None,)
    return bytes(data or b"")


_READ = """
SELECT string_agg(
    int4send(cluster_id::int) || float4send(x::real) || float4send(y::real) || uuid_send(image_id),
    ''::bytea ORDER BY image_id
) FROM (
    SELECT point.cluster_id, point.x, point.y, point.image_id
    FROM gallery_mappoint AS point JOIN gallery_image ON gallery_image.id = point.image_id
    WHERE point.projection_id = %s AND {visible}
    ORDER BY point.image_id LIMIT %s
) AS point
"""
