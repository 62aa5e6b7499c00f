"""``python -m gallery.map.umap_process VECTORS PLACES``, two NumPy files.

umap-learn compiles machine code and imports 200 MB of packages, so no other process loads it.
"""

from __future__ import annotations

import os
import sys

import numpy as np
import umap

_EXTENT = 0.95
# The same vectors give the same map. With a seed, UMAP runs on one core.
_SEED = 0


def main() -> None:
    source, target = sys.argv[1:]
    os.nice(10)
    vectors = np.load(source)
    reducer = umap.UMAP(metric="cosine", random_state=_SEED, n_jobs=1)
    places = np.asarray(reducer.fit_transform(vectors), dtype=np.float64)
    low, high = places.min(axis=0), places.max(axis=0)
    # Both axes have one scale, so distances keep their proportions.
    half = max(float((high - low).max()) / 2, 1e-6)
    np.save(target, (places - (low + high) / 2) / half * _EXTENT)


if __name__ == "__main__":
    main()
