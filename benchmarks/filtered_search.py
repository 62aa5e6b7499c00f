"""Searches with a filter on the index that the site builds, compared with exact answers.

    python -m searchsite.local.sandbox -- python -m benchmarks.filtered_search --rows 100000

Filters keep 0.1, 1, 10 and 50 % of the pictures: by chance ("spread"), or whole topics, with
queries about these topics and about others. A search asks for as many neighbours as the site does.

Each query is run ``--rounds`` times, in turns with an unfiltered query of the same kind, and the
quickest of its runs counts: p99 is about slow queries, not about other work of the machine.
``x`` is a time divided by that of the unfiltered queries in the same turns. ``full`` is the share
of the answers that have as many pictures as were asked for, or as the filter keeps.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.vector_search import load  # isort: skip  # sets up Django
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import connection

from benchmarks.data.clip_like import TOPICS, ClipLike
from benchmarks.data.filter_cases import FilterCase, dates, filter_cases, queries_about
from benchmarks.protocol import machine_limits, milliseconds, percentiles, revision, table
from gallery.core.query_kind import QueryKind
from gallery.encoders.base import Vector, Vectors
from gallery.models import EmbeddingSpace, Image, ImageQuerySet, IndexBuild
from gallery.operations import index_keeper
from gallery.search.window import SIZE
from gallery.vectorindex.neighbours import Neighbour, nearest

K = 10
# Float32 sums in another order differ by less.
_TIE = 1e-5
HEADER = ["filter", "pictures", "query", "recall@10", "full", "p50 ms", "x", "p99 ms", "x", "way"]


@dataclass
class Statements:
    """Counts how searches were answered, and the milliseconds of the planner's estimates."""

    ways: Counter[str] = field(default_factory=Counter)
    estimates: list[float] = field(default_factory=list)

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        started = time.perf_counter()
        result = execute(sql, params, many, context)
        if sql.startswith("EXPLAIN"):
            self.estimates.append((time.perf_counter() - started) * 1000)
        else:
            self.ways["index" if "WITH nearest" in sql else "exact"] += 1
        return result

    def described(self) -> str:
        """An exact search after one of the index counts as both."""
        searches = sum(self.ways.values())
        return ", ".join(f"{way} {count / searches:.0%}" for way, count in self.ways.items())


@dataclass(frozen=True)
class Searches:
    """Searches of one kind in a space, among ``images``."""

    space: EmbeddingSpace
    kind: QueryKind
    images: ImageQuerySet
    queries: Vectors

    def run(self, number: int) -> tuple[list[Neighbour], float]:
        """The neighbours of one query, and milliseconds."""
        query = self.queries[number]
        started = time.perf_counter()
        neighbours = nearest(self.space, query, within=self.images, limit=SIZE, kind=self.kind)
        return neighbours, (time.perf_counter() - started) * 1000


def measured(
    case: FilterCase, filtered: Searches, unfiltered: Searches, vectors: Vectors, rounds: int
) -> list[str]:
    """A line of the table."""
    count = len(filtered.queries)
    times = np.full((2, count), np.inf)
    statements, answers = Statements(), [list[Neighbour]()] * count
    filtered.run(0)
    for _ in range(rounds):
        for number in range(count):
            with connection.execute_wrapper(statements):
                answers[number], spent = filtered.run(number)
            times[0, number] = min(times[0, number], spent)
            times[1, number] = min(times[1, number], unfiltered.run(number)[1])
    (p50, p99), (usual_p50, usual_p99) = percentiles(times[0]), percentiles(times[1])
    matching = vectors[case.matches]
    recall = np.mean(
        [
            share_of_right(matching, query, answer)
            for query, answer in zip(filtered.queries, answers, strict=True)
        ]
    )
    full = np.mean([len(answer) == min(SIZE, len(matching)) for answer in answers])
    return [
        case.name, f"{case.share:.2%}", filtered.kind, f"{recall:.3f}", f"{full:.0%}",
        f"{p50:.1f}", f"{p50 / usual_p50:.2f}", f"{p99:.1f}", f"{p99 / usual_p99:.2f}",
        statements.described(),
    ]  # fmt: skip


def share_of_right(matching: Vectors, query: Vector, answer: Sequence[Neighbour]) -> float:
    """The part of the ten nearest that was found; by distance, so that ties count."""
    k = min(K, len(matching))
    worst = np.partition(1 - matching @ query, k - 1)[k - 1] + _TIE
    return sum(float(neighbour.distance <= worst) for neighbour in answer[:k]) / k


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    gallery = ClipLike()
    vectors, topics = gallery.pictures_with_topics(options.rows)
    space = load(vectors, columns=dates(topics))
    seconds = milliseconds(lambda: index_keeper.rebuild(space)) / 1000
    print(f"rows {options.rows}, revision {revision()}, load {os.getloadavg()[0]:.1f}")
    print(", ".join(f"{name} {value}" for name, value in machine_limits().items()))
    print(f"{described(space)}, built and calibrated in {seconds:.0f} s")
    print(table(HEADER, lines(gallery, space, vectors, topics, options)))


def lines(
    gallery: ClipLike,
    space: EmbeddingSpace,
    vectors: Vectors,
    topics: npt.NDArray[np.int64],
    options: argparse.Namespace,
) -> list[list[str]]:
    space = EmbeddingSpace.objects.select_related("index").get(pk=space.pk)
    images = Image.objects.visible_to(AnonymousUser())
    usual = queries_about(gallery, range(TOPICS), options.queries)
    result = []
    for case in filter_cases(gallery, images, topics, options.queries):
        for kind in QueryKind:
            filtered = Searches(space, kind, case.images, case.queries[kind])
            unfiltered = Searches(space, kind, images, usual[kind])
            result.append(measured(case, filtered, unfiltered, vectors, options.rounds))
            print(*result[-1], file=sys.stderr)
    return result


def described(space: EmbeddingSpace) -> str:
    index = IndexBuild.objects.filter(space=space).first()
    if index is None:
        return "exact"
    efforts = ", ".join(f"{index.effort(kind)} probes for a {kind}" for kind in QueryKind)
    return f"{index.lists} lists, {efforts}"


if __name__ == "__main__":
    main()
