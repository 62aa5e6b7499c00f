"""The right answers of sample queries, by comparing them with every vector of the space.

PostgreSQL would read the table once for each query, or compute all distances in one thread: 800 ms
a query in 1,000,000 rows. Here all vectors pass through this process once, in blocks, and NumPy
multiplies each block with all queries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
from django.db import connection

from gallery.models import WIDTH, EmbeddingSpace
from gallery.vectorindex.calibration.queries import QuerySample

# A row of PostgreSQL's binary COPY format with one column, and a vector as pgvector sends it.
_ROW = np.dtype(
    [("fields", ">i2"), ("bytes", ">i4"), ("width", ">i2"), ("unused", ">i2"),
     ("vector", ">f4", (WIDTH,))]
)  # fmt: skip
_HEADER = 19
_BLOCK = 4096


def farthest_right_distances(
    space: EmbeddingSpace, samples: Iterable[QuerySample], k: int
) -> list[npt.NDArray[np.float64]]:
    """For each sample ``(n,)``: the cosine distance of the k-th nearest vector of each query.

    A query's own vector does not count. An image at most so far away is a right answer, so equal
    distances count alike.
    """
    samples = list(samples)
    # One more, for the query's own vector.
    best = [np.full((len(sample.vectors), k + 1), -2.0, np.float32) for sample in samples]
    for block in _blocks(space):
        for number, sample in enumerate(samples):
            products = sample.vectors @ block.T
            both = np.concatenate([best[number], products], axis=1)
            best[number] = np.partition(both, -k - 1)[:, -k - 1 :]
    return [_farthest(rows, sample, k) for rows, sample in zip(best, samples, strict=True)]


def _farthest(
    similarities: npt.NDArray[np.float32], sample: QuerySample, k: int
) -> npt.NDArray[np.float64]:
    descending = -np.sort(-similarities.astype(np.float64), axis=1)
    own = np.array([key is not None for key in sample.own or [None] * len(sample.vectors)])
    return 1.0 - np.where(own, descending[:, k], descending[:, k - 1])


def _blocks(space: EmbeddingSpace) -> Iterator[npt.NDArray[np.float32]]:
    """All vectors of the space, ``(up to 4096, 512) float32``."""
    sql = f"COPY (SELECT vector FROM gallery_embedding WHERE space_id = {int(space.pk)})"  # noqa: S608
    connection.ensure_connection()
    pending = bytearray()
    start = _HEADER
    with connection.cursor() as cursor, cursor.copy(f"{sql} TO STDOUT (FORMAT BINARY)") as rows:
        for data in rows:
            pending += data
            if len(pending) - start >= _BLOCK * _ROW.itemsize:
                count = (len(pending) - start) // _ROW.itemsize
                yield _vectors(pending, start, count)
                del pending[: start + count * _ROW.itemsize]
                start = 0
    count = (len(pending) - start) // _ROW.itemsize
    if count > 0:
        yield _vectors(pending, start, count)


def _vectors(data: bytearray, start: int, count: int) -> npt.NDArray[np.float32]:
    rows = np.frombuffer(bytes(data), dtype=_ROW, count=count, offset=start)
    return np.ascontiguousarray(rows["vector"], dtype=np.float32)
