"""Two stages in PostgreSQL: an index over short codes, then ``<=>`` on the best candidates.

    python -m searchsite.local.sandbox --buffers 2GB -- python -m benchmarks.sign_bits

The codes are sign bits, two bits for each dimension, and leading principal components; they are
compared with indexes over whole vectors. For each index and kind of query, the fastest setting
that reaches the target recall is searched for. These settings are then measured in turns.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator

from benchmarks.two_stages.gallery import Cost, Gallery, Measured  # isort: skip  # sets up Django
from django.core.management import call_command
from django.db import connection

from benchmarks.data.clip_like import ClipLike
from benchmarks.protocol import machine_limits, revision, table
from benchmarks.rivals.measured import Vectors
from benchmarks.two_stages import codes
from benchmarks.two_stages.searches import Setting, Stage

TARGET = 0.97
_ROUNDS = 3
# Times vary from round to round.
_NOISE = 1.1
# Slower than so many times the whole vectors is of no interest.
_SLOWEST = 1.5
_CODES = ["signs", "components_128", "two_bits", "components_64", "whole_16_bit"]
_HEADER = [
    "setting", "query", "recall@10", "server CPU ms", "whole / this", "p50 ms", "p99 ms",
    "whole / this",
    "index MB", "build s", "insert ms",
]  # fmt: skip


def stages(gallery: Gallery, chosen: list[str], lists: list[int], *, hnsw: bool) -> Iterator[Stage]:
    """Creates the tables of each stage before it yields it."""
    vectors = gallery.workload.vectors
    means = query_means()
    makers = {
        "signs": lambda: codes.sign_bits(vectors, means),
        "components_128": lambda: codes.principal_components(vectors, 128),
        "two_bits": lambda: codes.two_bits(vectors, means),
        "components_64": lambda: codes.principal_components(vectors, 64),
    }
    for name in chosen:
        if name == "whole_16_bit":
            gallery.add_whole(name)
            yield Stage(name, None, lists[-1], half=True)
            continue
        code = makers[name]()
        gallery.add_coded(name, code)
        for count in lists:
            yield Stage(name, code, count)
        if name == "signs":
            yield Stage(name, code, scan=True, narrow=True)
        if hnsw:
            yield Stage(name, code)


def reranking(gallery: Gallery, lists: int) -> Iterator[list[str]]:
    """Codes beside the vectors, and codes in a table of their own, with the same index."""
    code = codes.sign_bits(gallery.workload.vectors, query_means())
    beside, narrow = (Stage("signs", code, lists, narrow=narrow) for narrow in (False, True))
    gallery.build(beside)
    gallery.build(narrow)
    for candidates in (10, 100, 400, 1000):
        settings = [Setting(stage, 50, candidates) for stage in (beside, narrow)]
        points = in_turns(gallery, settings, "text")
        yield [str(candidates), *(f"{measured.server:.2f}" for measured in points)]
    gallery.drop(beside)
    gallery.drop(narrow)


def query_means() -> dict[str, Vectors]:
    """Means of other queries than those of the measurement."""
    like = ClipLike()
    targets = like.pictures(500, seed=55)
    pictures = like.pictures(500, seed=77).mean(axis=0)
    return {
        "picture": pictures,
        "new topic": pictures,
        "text": like.texts(targets, seed=8).mean(axis=0),
    }


def of_new_topics(count: int) -> Vectors:
    """Pictures of topics that the gallery does not have: the opposites of its topics."""
    like = ClipLike()
    like.topic_rows, like.event_rows = -like.topic_rows, -like.event_rows
    return like.pictures(count, seed=98)


def fastest(gallery: Gallery, stage: Stage, kind: str, give_up_at: float) -> Setting:
    """The fastest setting that reaches the target; if none does, the one with most recall.

    Settings that take longer than ``give_up_at`` milliseconds are not of interest.
    """
    limit, chosen = give_up_at, None
    most: tuple[float, Setting | None] = (0.0, None)
    for group in stage.settings():
        for setting in group:
            measured = gallery.measure(setting, kind)
            recall, took = measured.point.recall, measured.server
            print(f"{kind}: {setting}: {recall:.3f} {took:.2f} ms", file=sys.stderr)
            most = max(most, (recall, setting), key=lambda pair: pair[0])
            # More candidates are slower.
            if took > limit * _NOISE:
                break
            if recall >= TARGET:
                if took < limit or chosen is None:
                    limit, chosen = took, setting
                break
        # More probes are slower with any number of candidates.
        if took > limit * _NOISE and setting == group[0]:
            break
    best = chosen or most[1]
    assert best
    return best


def in_turns(gallery: Gallery, settings: list[Setting], kind: str) -> list[Measured]:
    """For each setting the round with the least p50, and the least CPU time."""
    rounds = [[gallery.measure(each, kind) for each in settings] for _ in range(_ROUNDS)]
    return [
        Measured(
            min((each.point for each in turns), key=lambda point: point.p50),
            min(each.server for each in turns),
        )
        for turns in zip(*rounds, strict=True)
    ]


def cells(measured: Measured, control: Measured, cost: Cost | None) -> list[str]:
    """A row of the table."""
    point = measured.point
    row = [
        point.setting, point.query_kind, f"{point.recall:.3f}",
        f"{measured.server:.2f}", f"{control.server / measured.server:.2f}",
        f"{point.p50:.2f}", f"{point.p99:.2f}", f"{control.point.p50 / point.p50:.2f}",
    ]  # fmt: skip
    if cost is None:
        return [*row, "–", "–", "–"]
    return [
        *row,
        f"{cost.megabytes:.0f}", f"{cost.build_seconds:.0f}",
        f"{cost.insert_milliseconds:.2f}",
    ]  # fmt: skip


def rows_of(gallery: Gallery, stage: Stage, control: dict[str, Setting]) -> Iterator[list[str]]:
    cost = None if stage.scan else gallery.build(stage)
    for kind in gallery.workload.queries:
        before = gallery.measure(control[kind], kind)
        best = fastest(gallery, stage, kind, _SLOWEST * before.server)
        control_point, point = in_turns(gallery, [control[kind], best], kind)
        print(gallery.plan(best, kind), file=sys.stderr)
        yield cells(point, control_point, cost)
    if cost:
        gallery.drop(stage)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--lists", type=int, nargs="*", help="default: 8 √rows")
    parser.add_argument("--whole-lists", type=int, help="of whole vectors; default: 8 √rows")
    parser.add_argument("--codes", nargs="*", default=_CODES, choices=_CODES)
    parser.add_argument("--hnsw", action="store_true", help="also HNSW over codes")
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    gallery = Gallery(options.rows, options.queries)
    gallery.add_queries("new topic", of_new_topics(options.queries))
    usual = round(8 * options.rows**0.5)
    lists = options.lists or [usual]
    gallery.add_whole("whole")
    whole = Stage("whole", None, options.whole_lists or usual)
    cost, control, rows = gallery.build(whole), {}, []
    for kind in gallery.workload.queries:
        control[kind] = fastest(gallery, whole, kind, float("inf"))
        (point,) = in_turns(gallery, [control[kind]], kind)
        rows.append(cells(point, point, cost))
    for stage in stages(gallery, options.codes, lists, hnsw=options.hnsw):
        for row in rows_of(gallery, stage, control):
            print(table(_HEADER, [row]).splitlines()[-1], file=sys.stderr, flush=True)
            rows.append(row)
    with connection.cursor() as cursor:
        cursor.execute("SHOW shared_buffers")
        (buffers,) = cursor.fetchone()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"rows {options.rows}, revision {revision()}, load {load}, shared_buffers {buffers}")
    print(", ".join(f"{name} {value}" for name, value in machine_limits().items()))
    print(table(_HEADER, rows))
    if "signs" in options.codes:
        header = ["candidates", "codes beside vectors, server CPU ms", "in a table of their own"]
        print(table(header, list(reranking(gallery, lists[0]))))


if __name__ == "__main__":
    main()
