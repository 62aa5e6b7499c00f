"""Recall and latency when a gallery grows tenfold with other topics, and nobody does anything.

    python -m searchsite.local.sandbox -- python -m benchmarks.growth --rows 100000

The first tenth of the pictures has a tenth of the topics. The others have the other topics and are
moved into one direction, as pictures from another camera might be. Then the site's own keeper runs
as the clock runs it, until nothing is due; searches go on meanwhile.
"""

from __future__ import annotations

import argparse
import os
import threading
import time
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import numpy as np

from benchmarks.vector_search import load, measure  # isort: skip  # sets up Django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import override_settings

from benchmarks.data.clip_like import TOPICS, ClipLike
from benchmarks.protocol import machine_limits, milliseconds, percentiles, revision, table
from benchmarks.rivals.measured import exact_worst
from gallery.core.query_kind import QueryKind
from gallery.encoders.base import Vectors
from gallery.models import EmbeddingSpace, IndexBuild
from gallery.operations import index_keeper
from gallery.vectorindex import due
from gallery.vectorindex.neighbours import nearest

_OLD, _NEW = range(TOPICS // 10), range(TOPICS // 10, TOPICS)
_DRIFT = 0.2
_MOST_RUNS = 5
HEADER = ["moment", "index", "topics", "query", "recall@10", "p50 ms", "p99 ms"]

Queries = Mapping[str, Mapping[str, Vectors]]


def drifted(vectors: Vectors) -> Vectors:
    direction = np.random.default_rng(8).standard_normal(vectors.shape[1:])
    moved = vectors + _DRIFT * direction / np.linalg.norm(direction)
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)


def make_queries(gallery: ClipLike, number: int) -> Queries:
    """By topics, then by kind: new pictures, and texts about other new pictures."""
    old = {seed: gallery.pictures(number, seed, _OLD) for seed in (77, 99)}
    new = {seed: drifted(gallery.pictures(number, seed, _NEW)) for seed in (77, 99)}
    return {
        topics: {"text": gallery.texts(pictures[77]), "picture": pictures[99]}
        for topics, pictures in {"old": old, "new": new}.items()
    }


def lines(
    moment: str, space: EmbeddingSpace, vectors: Vectors, queries: Queries
) -> list[list[str]]:
    """Recall and latency of all searches now. ``vectors`` are all that the space has."""
    space = with_index(space)
    return [
        [moment, described(space), topics, kind,
         *measure(space, batch, list(exact_worst(vectors, batch)), QueryKind(kind))]
        for topics, kinds in queries.items()
        for kind, batch in kinds.items()
    ]  # fmt: skip


def with_index(space: EmbeddingSpace) -> EmbeddingSpace:
    return EmbeddingSpace.objects.select_related("index").get(pk=space.pk)


def described(space: EmbeddingSpace) -> str:
    index: IndexBuild | None = getattr(space, "index", None)
    if index is None:
        return "none"
    efforts = "/".join(str(index.effort(kind)) for kind in QueryKind)
    return f"{index.lists} lists, {efforts} probes"


def keep_until_done(space: EmbeddingSpace) -> Iterator[str]:
    """Run the keeper; yields what was due before each run."""
    for _ in range(_MOST_RUNS):
        reason = due.reason_of(space, IndexBuild.objects.filter(space=space).first())
        if reason is None:
            return
        index_keeper.keep()
        yield reason


class Searching:
    """Searches without a pause in a thread with a connection of its own; ``times`` in ms."""

    def __init__(self, space: EmbeddingSpace, queries: Vectors) -> None:
        self.times: list[float] = []
        self._space, self._queries = space, queries
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._search)

    def __enter__(self) -> Searching:
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._stop.set()
        self._thread.join()

    def _search(self) -> None:
        for number in count():
            if self._stop.is_set():
                break
            query = self._queries[number % len(self._queries)]
            space = with_index(self._space)
            self.times.append(milliseconds(lambda: nearest(space, query, within=None, limit=10)))  # noqa: B023
            time.sleep(0.05)
        connection.close()


def grow(rows: int, number: int) -> None:
    gallery = ClipLike()
    first = gallery.pictures(rows // 10, topics=_OLD)
    space = load(first)
    EmbeddingSpace.objects.filter(pk=space.pk).update(active=True)
    queries = make_queries(gallery, number)
    result: list[list[str]] = []
    index_keeper.keep()
    result += lines("before", space, first, {"old": queries["old"]})
    added = drifted(gallery.pictures(rows - len(first), seed=3, topics=_NEW))
    load(added, space, first=len(first))
    vectors = np.concatenate([first, added])
    result += lines("grown", space, vectors, queries)
    started = time.perf_counter()
    with Searching(space, queries["new"]["text"]) as searching:
        reasons = list(keep_until_done(space))
    seconds = time.perf_counter() - started
    result += lines("kept", space, vectors, queries)
    p50, p99 = percentiles(searching.times)
    print(f"the keeper ran {len(reasons)} times in {seconds:.0f} s: {', '.join(reasons)}")
    print(f"{len(searching.times)} searches meanwhile: p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    print(table(HEADER, result))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000, help="after the growth")
    parser.add_argument("--queries", type=int, default=200)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    print(f"rows {options.rows}, revision {revision()}, load {os.getloadavg()[0]:.1f}")
    print(", ".join(f"{name} {value}" for name, value in machine_limits().items()))
    # The first tenth is to have an index.
    with override_settings(GALLERY={**settings.GALLERY, "index_min_rows": options.rows // 10}):
        grow(options.rows, options.queries)


if __name__ == "__main__":
    main()
