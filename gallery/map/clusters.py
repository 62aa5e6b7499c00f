"""Groups of vectors by k-means, and the group of a vector."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from gallery.map.pca import Vectors

# Names of more groups would not fit on a map, and a list of more is long.
MOST_CLUSTERS = 24
# More would take longer than a worker should be busy without a pause (docs/benchmarks.md).
_LARGEST_SAMPLE = 5_000
_SEED = 0


def centres_of(vectors: Vectors, pictures: int) -> Vectors:
    """``(k, 512)``; ``k`` grows with the number of pictures in the gallery, of which the vectors
    are a sample.

    k-means and not HDBSCAN: every picture must have a group, also one that is added later, and in
    512 dimensions the densities that HDBSCAN compares differ little.
    """
    from sklearn.cluster import KMeans  # Takes a second to import.

    count = min(len(vectors), MOST_CLUSTERS, max(1, round(math.sqrt(pictures / 2))))
    distinct = len(np.unique(vectors, axis=0)) if len(vectors) <= MOST_CLUSTERS else count
    vectors = vectors[:_LARGEST_SAMPLE]
    kmeans = KMeans(min(count, distinct), n_init=1, max_iter=50, random_state=_SEED).fit(vectors)
    return np.asarray(kmeans.cluster_centers_, dtype=np.float32)


def nearest(vectors: Vectors, centres: Vectors) -> npt.NDArray[np.int64]:
    """The number of the nearest centre for each vector."""
    products = vectors @ centres.T
    return np.asarray(np.argmax(products - (centres**2).sum(axis=1) / 2, axis=1))
