"""The tags that tell a cluster from the others."""

from __future__ import annotations

import math
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from django.db import connection

from gallery.models import MapProjection, Tag

_MOST_TAGS = 2
# A tag of fewer pictures of the cluster does not describe it.
_LEAST_SHARE = 0.25
_MAJORITY = 0.5

Samples = Mapping[int, Sequence[uuid.UUID]]


def tags_of(samples: Samples, projection: MapProjection) -> dict[int, tuple[Tag, ...]]:
    """The most typical tags of each sample of images, at most two; perhaps none.

    Only these images count, so start from images that the reader sees: approved tags, and
    suggested ones of the vocabulary. Without any, it is the tag of the vocabulary whose vector is
    nearest to the mean of the images.
    """
    counts = _counts(samples)
    typical = {cluster: _typical(cluster, counts, samples) for cluster in samples}
    untagged = {key: samples[key] for key, tags in typical.items() if not tags and samples[key]}
    nearest = _nearest(untagged, projection) if untagged else {}
    keys = {cluster: tags or nearest.get(cluster, []) for cluster, tags in typical.items()}
    rows = Tag.objects.in_bulk({key for tags in keys.values() for key in tags})
    return {
        cluster: tuple(rows[key] for key in tags if key in rows) for cluster, tags in keys.items()
    }


def _typical(cluster: int, counts: Mapping[int, Counter[int]], samples: Samples) -> list[int]:
    """Tags by the information that they give about the cluster: how many of its pictures have
    them, times the logarithm of how much more frequent they are here than in all clusters. If none
    is more frequent here, the one that most of its pictures have.
    """
    own, size = counts[cluster], len(samples[cluster])
    scores = {}
    for tag, count in own.items():
        share = count / size
        usual = sum(counts[other][tag] / len(samples[other]) for other in samples) / len(samples)
        if share >= _LEAST_SHARE and share > usual:
            scores[tag] = share * math.log(share / usual)
    if not scores:
        return [tag for tag, count in own.most_common(1) if count >= _MAJORITY * size]
    return sorted(scores, key=lambda tag: (-scores[tag], tag))[:_MOST_TAGS]


def _counts(samples: Samples) -> dict[int, Counter[int]]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, _columns(samples))
        counts: dict[int, Counter[int]] = defaultdict(Counter)
        for cluster, tag, count in cursor.fetchall():
            counts[cluster][tag] = count
    return counts


def _nearest(samples: Samples, projection: MapProjection) -> dict[int, list[int]]:
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST, [*_columns(samples), *[projection.space_id] * 2])
        return {cluster: [tag] for cluster, tag in cursor.fetchall()}


def _columns(samples: Samples) -> list[list[uuid.UUID] | list[int]]:
    keys = [key for sample in samples.values() for key in sample]
    return [keys, [cluster for cluster, sample in samples.items() for _ in sample]]


_COUNT = """
SELECT sample.cluster_id, row.tag_id, count(*)
FROM unnest(%s::uuid[], %s::int8[]) AS sample(image_id, cluster_id)
JOIN gallery_imagetag AS row ON row.image_id = sample.image_id
JOIN gallery_tag AS tag ON tag.id = row.tag_id
WHERE row.state = 'approved' OR row.state = 'suggested' AND tag.is_suggested
GROUP BY 1, 2
"""
# Tags are compared in units of their usual deviation, as suggestions are (decision 0027).
_NEAREST = """
WITH mean AS (
    SELECT sample.cluster_id, avg(embedding.vector) AS vector
    FROM unnest(%s::uuid[], %s::int8[]) AS sample(image_id, cluster_id)
    JOIN gallery_embedding AS embedding
        ON embedding.image_id = sample.image_id AND embedding.space_id = %s
    GROUP BY 1
)
SELECT DISTINCT ON (mean.cluster_id) mean.cluster_id, scoring.tag_id
FROM mean CROSS JOIN gallery_tagscoring AS scoring
JOIN gallery_tag AS tag ON tag.id = scoring.tag_id
WHERE scoring.space_id = %s AND tag.is_suggested
ORDER BY mean.cluster_id,
    (1 - (mean.vector <=> scoring.vector) - scoring.median) / greatest(scoring.spread, 1e-6) DESC,
    scoring.tag_id
"""
