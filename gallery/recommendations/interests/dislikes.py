"""Subtracts dislikes from the interests that they are about (pure)."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence

import numpy as np

from gallery.recommendations.interests.clusters import Cluster, Rows
from gallery.recommendations.interests.positives import Examples


def reduced(
    clusters: Sequence[Cluster], rows: Rows, disliked: Examples[uuid.UUID]
) -> list[Cluster]:
    """The clusters of ``rows``, each lighter by the weight of the dislikes that lie within it;
    without those of which nothing is left.

    A dislike lies within the nearest cluster, if it is as near to its centre as one of its members.
    """
    if not len(clusters) or not len(disliked.keys):
        return list(clusters)
    similarities = disliked.rows @ np.stack([each.centre for each in clusters]).T
    nearest = np.argmax(similarities, axis=1)
    lighter = []
    for number, cluster in enumerate(clusters):
        farthest = float((rows[list(cluster.members)] @ cluster.centre).min())
        # The only member of a cluster is its centre, and nothing else is as near.
        least = min(farthest, _LEAST_SIMILARITY)
        inside = (nearest == number) & (similarities[:, number] >= least)
        weight = cluster.weight - float(disliked.weights[inside].sum())
        if weight > 0:
            lighter.append(dataclasses.replace(cluster, weight=weight))
    return lighter


# Near-duplicates, with all encoders that were tried.
_LEAST_SIMILARITY = 0.9
