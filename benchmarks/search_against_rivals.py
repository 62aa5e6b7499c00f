"""The calibrated index against raw pgvector and against other programs, at equal recall.

    python -m searchsite.local.sandbox -- python -m benchmarks.search_against_rivals \\
        --rows 100000 --rivals PYTHON --plot docs/images/search_100k.svg

PYTHON is the interpreter of an environment with ``benchmarks/rivals/requirements.txt``. Every
program gets the same vectors and queries, one client and one thread, one program at a time.
PostgreSQL's time includes sending the vector as text and reading the answer in Python.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.vector_search import load  # isort: skip  # sets up Django
from django.core.management import call_command
from django.db import connection

from benchmarks.data.clip_like import ClipLike
from benchmarks.index_sweep import held_out
from benchmarks.plots import recall_plot
from benchmarks.protocol import machine_limits, milliseconds, revision, table
from benchmarks.rivals.measured import (
    K,
    Point,
    Search,
    Vectors,
    Workload,
    exact_worst,
    measure,
    milliseconds_at,
)
from benchmarks.rivals.programs import PROGRAMS
from gallery.core.config import config
from gallery.core.query_kind import QueryKind
from gallery.models import EmbeddingSpace, IndexBuild
from gallery.operations import index_building
from gallery.vectorindex import names
from gallery.vectorindex.neighbours import nearest

TARGET = 0.97
_SLOW = {"pandas": 10_000, "qdrant-local": 100_000, "chromadb": 200_000, "lancedb": 200_000}


def make_workload(rows: int, queries: int) -> Workload:
    gallery = ClipLike()
    vectors = gallery.pictures(rows)
    targets = vectors[np.random.default_rng(3).integers(0, rows, queries)]
    kinds = {"picture": gallery.pictures(queries, seed=99), "text": gallery.texts(targets)}
    worst = {kind: exact_worst(vectors, batch) for kind, batch in kinds.items()}
    return Workload(vectors, kinds, worst)


def build_index(space: EmbeddingSpace, vectors: Vectors) -> float:
    """Build as the site does, calibrated with other texts than those of the workload; seconds."""
    targets = vectors[np.random.default_rng(4).integers(0, len(vectors), 300)]
    samples = held_out(space, ClipLike().texts(targets, seed=5))
    return milliseconds(lambda: index_building.build_best(space, samples)) / 1000


def rival_points(
    python: str, workload: Workload, programs: list[str]
) -> Iterator[tuple[str, list[Point], float]]:
    """Name, points and seconds of the build of each program, measured in its own process."""
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/vectors.npy", workload.vectors)
        for kind, queries in workload.queries.items():
            np.save(f"{folder}/queries_{kind}.npy", queries)
            np.save(f"{folder}/worst_{kind}.npy", workload.worst[kind])
        for name in programs:
            if len(workload.vectors) <= _SLOW.get(name, 10**9):
                yield name, *run_rival(python, name, folder)


def run_rival(python: str, name: str, folder: str) -> tuple[list[Point], float]:
    command = [python, "-m", "benchmarks.rivals.process", name, folder]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if process.returncode:
        print(f"{name} failed: {process.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return [], 0.0
    build, *lines = [json.loads(line) for line in process.stdout.splitlines()]
    return [Point(**line) for line in lines], build["build_seconds"]


def raw_points(space: EmbeddingSpace, workload: Workload, lists: int) -> list[Point]:
    """A hand-written query on a hand-made index with ``lists`` lists, for several probes."""
    condition = f"space_id = {space.pk}"
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '4GB'")
        cursor.execute(
            "CREATE INDEX raw_sweep ON gallery_embedding USING ivfflat"
            f" (vector vector_cosine_ops) WITH (lists = {lists}) WHERE {condition}"
        )
        points = raw_sweep(condition, workload, lists)
        cursor.execute("DROP INDEX raw_sweep")
    return points


def raw_sweep(condition: str, workload: Workload, lists: int) -> list[Point]:
    """A hand-written query on the index with ``condition``, for several probes."""
    points = []
    with connection.cursor() as cursor:
        cursor.execute("SET ivfflat.iterative_scan = off")
        for probes in (5, 10, 20, 30, 40, 60, 80, 120, 160, 240):
            cursor.execute(f"SET ivfflat.probes = {probes}")
            points += [
                measure(f"{lists} lists, {probes} probes", kind, raw_search(condition), workload)
                for kind in workload.queries
            ]
        cursor.execute("RESET ALL")
    return points


def raw_search(condition: str) -> Search:
    rows = row_numbers()

    def search(query: Vectors) -> list[int]:
        text = str(query.tolist())
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT image_id FROM gallery_embedding WHERE {condition}"
                " ORDER BY vector <=> %s::vector LIMIT %s",
                [text, K],
            )
            return [rows[image_id] for (image_id,) in cursor.fetchall()]

    return search


def our_points(space: EmbeddingSpace, workload: Workload) -> list[Point]:
    rows = row_numbers()
    index = IndexBuild.objects.filter(space=space).first()
    space = EmbeddingSpace.objects.select_related("index").get(pk=space.pk)
    points = []
    for kind in workload.queries:
        query_kind = QueryKind(kind)

        def search(query: Vectors, query_kind: QueryKind = query_kind) -> list[int]:
            neighbours = nearest(space, query, within=None, limit=K, kind=query_kind)
            return [rows[neighbour.image_id] for neighbour in neighbours]

        points.append(measure(described(index, query_kind), kind, search, workload))
    return points


def described(index: IndexBuild | None, kind: QueryKind) -> str:
    if index is None:
        return "exact"
    effort = index.text_effort if kind == QueryKind.TEXT else index.picture_effort
    return f"{index.kind}, {index.lists} lists, {effort} probes"


def row_numbers() -> dict[object, int]:
    """The loader stores the number of each vector in the file name of its image."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, file_name::int FROM gallery_image")
        return dict(cursor.fetchall())


def rows_of(name: str, points: list[Point]) -> Iterator[list[str]]:
    """The fastest point that reaches the target for each kind; else the one with most recall."""
    for kind in ("text", "picture"):
        mine = [point for point in points if point.query_kind == kind]
        if not mine:
            continue
        reached = [point for point in mine if point.recall >= TARGET]
        best = min(reached, key=lambda p: p.p50) if reached else max(mine, key=lambda p: p.recall)
        yield [
            name, best.setting, kind, f"{best.recall:.3f}", f"{best.p50:.2f}", f"{best.p99:.2f}",
        ]  # fmt: skip


def ratios(ours: list[Point], others: dict[str, list[Point]]) -> Iterator[list[str]]:
    """Our p50 divided by the other's p50 at our recall."""
    for point in ours:
        for name, points in others.items():
            mine = [other for other in points if other.query_kind == point.query_kind]
            other = milliseconds_at(point.recall, mine)
            ratio = "not reached" if other is None else f"{point.p50 / other:.2f}"
            yield [point.query_kind, f"{point.recall:.3f}", name, ratio]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--rivals", help="the interpreter of an environment with the rivals")
    parser.add_argument("--programs", nargs="*", choices=PROGRAMS, default=list(PROGRAMS))
    parser.add_argument("--lists", type=int, nargs="*", help="lists of other raw indexes")
    parser.add_argument("--plot", type=Path, help="an SVG file to write")
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    workload = make_workload(options.rows, options.queries)
    space = load(workload.vectors)
    root = options.rows**0.5
    others = {
        f"pgvector {lists}": raw_points(space, workload, lists)
        for lists in (
            [round(root), round(2 * root), round(4 * root)]
            if options.lists is None
            else options.lists
        )
    }
    # A smaller gallery has no index by default.
    indexed = options.rows >= config().index_min_rows
    seconds = build_index(space, workload.vectors) if indexed else 0.0
    ours = our_points(space, workload)
    if indexed:
        index = IndexBuild.objects.get(space=space)
        condition = names.condition_of(space.pk, index.name)
        others["raw pgvector"] = raw_sweep(condition, workload, index.lists or 0)
    if options.rivals:
        for name, points, build in rival_points(options.rivals, workload, options.programs):
            others[name] = points
            print(f"{name}: built in {build:.1f} s")
    print(f"rows {options.rows}, revision {revision()}, our index in {seconds:.1f} s")
    print(", ".join(f"{name} {value}" for name, value in machine_limits().items()))
    header = ["program", "setting", "query", "recall@10", "p50 ms", "p99 ms"]
    best = [row for name, points in others.items() for row in rows_of(name, points)]
    print(table(header, [*rows_of("Searchsite", ours), *best]))
    print(table(["query", "recall", "against", "our p50 / theirs"], list(ratios(ours, others))))
    if options.plot:
        options.plot.write_text(recall_plot({"Searchsite": ours, **others}), encoding="utf-8")


if __name__ == "__main__":
    main()
