"""How many vectors are compared one by one in the time of a search with the index."""

from __future__ import annotations

import math
import time
import uuid
from itertools import islice
from statistics import median

import numpy as np
import numpy.typing as npt

from gallery.models import Embedding, EmbeddingSpace, Image, ImageQuerySet
from gallery.vectorindex import statements
from gallery.vectorindex.calibration import calibrate, recall
from gallery.vectorindex.calibration.calibrate import Calibration, Known
from gallery.vectorindex.calibration.recall import K

# The candidates of the measured searches; with fewer, the statement itself takes most of the time.
_CANDIDATES = 5000
_SEARCHES = 20
_FULL_SEARCHES = 3
# An index that is not clearly quicker than exact search gives only its errors.
_QUICKER = 1.25
# The same if it probes more than this share of its lists.
_MOST_LISTS = 0.75
_KEYS = 1 << 128


def measure_exact_rows(space: EmbeddingSpace, calibration: Calibration, known: Known) -> int:
    """The number of candidates of a filter that take as long as a search without a filter.

    More than the index may ever hold before it is built again, if an exact search in all vectors
    takes about as long: then all searches are to be exact. Takes some tens of searches.
    """
    candidate = calibration.candidate
    if all(
        effort > _MOST_LISTS * (candidate.lists or math.inf)
        for effort in calibration.efforts.values()
    ):
        return 2 * candidate.rows
    index = candidate.as_build()
    times = {
        kind: recall.latencies([(index, calibration.efforts[kind])], queries, _SEARCHES)[0]
        for kind, queries in known.items()
    }
    by_index = calibrate.weighted(times)
    vectors = np.concatenate([queries.sample.vectors for queries in known.values()])
    exact_without_filter = _milliseconds(space, vectors[:_FULL_SEARCHES], within=None)
    if exact_without_filter <= by_index * _QUICKER:
        return 2 * candidate.rows
    sampled_vectors = vectors[:: max(1, len(vectors) // _SEARCHES)]
    candidates, count = _spread_candidates(space, candidate.rows)
    exact = _milliseconds(space, sampled_vectors, within=candidates)
    return round(by_index / exact * count)


def _milliseconds(
    space: EmbeddingSpace, vectors: npt.NDArray[np.float32], *, within: ImageQuerySet | None
) -> float:
    """The median time of exact searches; the first one warms up."""
    times = []
    for vector in vectors[[0, *range(len(vectors))]]:
        statement = statements.exact(space, vector, within=within, limit=K)
        started = time.perf_counter()
        if statement:
            statement.run()
        times.append((time.perf_counter() - started) * 1000)
    return median(islice(times, 1, None))


def _spread_candidates(space: EmbeddingSpace, rows: int) -> tuple[ImageQuerySet, int]:
    """Images with about ``_CANDIDATES`` vectors of the space, and the number of these vectors.

    Keys are random, so a span of keys is spread over the tables like the matches of a filter.
    """
    last = uuid.UUID(int=min(_KEYS - 1, _KEYS * _CANDIDATES // max(1, rows)))
    count = Embedding.objects.filter(space=space, image_id__lte=last).count()
    return Image.objects.filter(pk__lte=last), max(1, count)
