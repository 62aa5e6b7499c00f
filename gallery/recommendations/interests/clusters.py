"""Weighted spherical k-means of a few hundred unit vectors; the data choose the number of clusters.

Written with NumPy: scikit-learn's k-means takes a second to import in each worker, uses Euclidean
centres and would still need this choice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

MOST_CLUSTERS = 6
# More clusters than one need at least this mean silhouette, and each further cluster as much more.
# Chosen with benchmarks.features.recommendations, see docs/decisions/0033-several-interests.md.
_LEAST_SILHOUETTE = 0.1
_GAIN = 0.01
_MOST_STEPS = 20


@dataclass(frozen=True)
class Cluster:
    """``members`` are indices of the rows, the nearest to ``centre`` first. ``weight`` is the sum
    of theirs.
    """

    centre: npt.NDArray[np.float32]
    members: tuple[int, ...]
    weight: float


def clusters_of(rows: Rows, weights: Rows, *, most: int = MOST_CLUSTERS) -> list[Cluster]:
    """From one to ``most`` clusters of ``(n, width)`` unit rows, the heaviest first.

    The same rows give the same clusters. Empty without rows.
    """
    if not len(rows):
        return []
    best, best_score = np.zeros(len(rows), dtype=np.int64), _LEAST_SILHOUETTE
    for count in range(2, min(most, len(rows)) + 1):
        labels = _assigned(rows, weights, count)
        score = _silhouette(rows, labels, weights)
        if score > best_score + _GAIN:
            best, best_score = labels, score
    clusters = [_cluster(rows, weights, np.flatnonzero(best == label)) for label in np.unique(best)]
    return sorted(clusters, key=lambda each: (-each.weight, each.members))


def _assigned(rows: Rows, weights: Rows, count: int) -> Numbers:
    """The number of the cluster of each row."""
    centres = rows[_spread_out(rows, weights, count)]
    labels = np.zeros(len(rows), dtype=np.int64)
    for _ in range(_MOST_STEPS):
        nearest = np.argmax(rows @ centres.T, axis=1)
        if np.array_equal(nearest, labels):
            break
        labels = nearest
        for number in np.unique(labels):
            inside = labels == number
            centres[number] = _unit(weights[inside] @ rows[inside])
    return labels


def _spread_out(rows: Rows, weights: Rows, count: int) -> list[int]:
    """Rows to begin with: the heaviest one, then each time the one farthest from those chosen."""
    chosen = [int(np.argmax(weights * (rows @ _unit(weights @ rows))))]
    nearest = rows @ rows[chosen[0]]
    while len(chosen) < count:
        chosen.append(int(np.argmax(weights * (1 - nearest))))
        nearest = np.maximum(nearest, rows @ rows[chosen[-1]])
    return chosen


def _silhouette(rows: Rows, labels: Numbers, weights: Rows) -> float:
    """The weighted mean silhouette (Rousseeuw 1987) by cosine distance; 0 for a row alone."""
    distances = 1 - rows @ rows.T
    numbers, sizes = np.unique(labels, return_counts=True)
    if len(numbers) < 2:
        return 0.0
    sums = np.stack([distances[:, labels == number].sum(axis=1) for number in numbers], axis=1)
    place = np.searchsorted(numbers, labels)
    row = np.arange(len(rows))
    own = sums[row, place] / np.maximum(sizes[place] - 1, 1)
    means = sums / sizes
    means[row, place] = np.inf
    other = means.min(axis=1)
    values = (other - own) / np.maximum(np.maximum(own, other), 1e-9)
    values[sizes[place] == 1] = 0.0
    return float(np.average(values, weights=weights))


def _cluster(rows: Rows, weights: Rows, members: Numbers) -> Cluster:
    centre = _unit(weights[members] @ rows[members])
    order = members[np.argsort(-(rows[members] @ centre), kind="stable")]
    return Cluster(centre.astype(np.float32), tuple(map(int, order)), float(weights[members].sum()))


def _unit(vector: Rows) -> Rows:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12))
