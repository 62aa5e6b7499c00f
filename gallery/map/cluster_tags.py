"""The tags that tell a cluster from the others."""

from __future__ import annotations

import math
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import connection

from gallery.models import Tag

_MOST_TAGS = 2
# A tag of fewer pictures of the cluster does not describe it.
_LEAST_SHARE = 0.25
# One tag of two pictures among four may be chance.
_LEAST_PICTURES = 3
# The tags of a name describe at least this part of the cluster, or the name would be wrong.
_DESCRIBED = 0.5

Samples = Mapping[int, Sequence[uuid.UUID]]
# The images of the sample that have the tag, by the key of the tag.
Tagged = Mapping[int, frozenset[uuid.UUID]]


def tags_of(samples: Samples) -> dict[int, tuple[Tag, ...]]:
    """The most typical tags of each sample of images, at most two. None, unless at least half of
    the images have one of them.

    Only these images count, so start from images that the reader sees: approved tags, and
    suggested ones of the vocabulary.
    """
    tagged = _tagged(samples)
    keys = {cluster: _typical(cluster, tagged, samples) for cluster in samples}
    rows = Tag.objects.in_bulk({key for tags in keys.values() for key in tags})
    return {
        cluster: tuple(rows[key] for key in tags if key in rows) for cluster, tags in keys.items()
    }


def _typical(cluster: int, tagged: Mapping[int, Tagged], samples: Samples) -> list[int]:
    """Tags by the information that they give about the cluster: how many of its pictures have
    them, times the logarithm of how much more frequent they are here than in all clusters. If these
    do not describe it, the one that most of its pictures have.
    """
    own, size = tagged[cluster], len(samples[cluster])
    scores = {}
    for tag, images in own.items():
        share = len(images) / size
        usual = sum(_share(tag, tagged[other], samples[other]) for other in samples) / len(samples)
        is_enough = share >= _LEAST_SHARE and len(images) >= min(_LEAST_PICTURES, size)
        if is_enough and share > usual:
            scores[tag] = share * math.log(share / usual)
    typical = sorted(scores, key=lambda tag: (-scores[tag], tag))[:_MOST_TAGS]
    most = sorted(own, key=lambda tag: (-len(own[tag]), tag))[:1]
    for tags in (typical, most):
        described = frozenset[uuid.UUID]().union(*(own[tag] for tag in tags))
        if tags and len(described) >= max(_DESCRIBED * size, min(_LEAST_PICTURES, size)):
            return tags
    return []


def _share(tag: int, tagged: Tagged, sample: Sequence[uuid.UUID]) -> float:
    return len(tagged.get(tag, ())) / len(sample)


def _tagged(samples: Samples) -> Mapping[int, Tagged]:
    with connection.cursor() as cursor:
        cursor.execute(_TAGGED, _columns(samples))
        tagged: dict[int, dict[int, frozenset[uuid.UUID]]] = defaultdict(dict)
        for cluster, tag, images in cursor.fetchall():
            tagged[cluster][tag] = frozenset(images)
    return tagged


def _columns(samples: Samples) -> list[list[uuid.UUID] | list[int]]:
    keys = [key for sample in samples.values() for key in sample]
    return [keys, [cluster for cluster, sample in samples.items() for _ in sample]]


_TAGGED = """
SELECT sample.cluster_id, row.tag_id, array_agg(sample.image_id)
FROM unnest(%s::uuid[], %s::int8[]) AS sample(image_id, cluster_id)
JOIN gallery_imagetag AS row ON row.image_id = sample.image_id
JOIN gallery_tag AS tag ON tag.id = row.tag_id
WHERE row.state = 'approved' OR row.state = 'suggested' AND tag.is_suggested
GROUP BY 1, 2
"""
