"""Exact search and the ivfflat index on CLIP-like vectors, against NumPy and TOAST storage.

    python -m searchsite.local.sandbox -- python -m benchmarks.vector_search --rows 100000

The calibrated index is compared with raw pgvector: a sweep of lists and probes, without our SQL.

The vectors and queries are those of clip_like.py; docs/benchmarks.md explains why uniform vectors
would mislead.
"""

from __future__ import annotations

import argparse
import os
import time
import uuid
from collections.abc import Mapping, Sequence
from functools import partial

import django
import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from benchmarks import index_sweep  # noqa: E402
from benchmarks.data.clip_like import ClipLike  # noqa: E402
from benchmarks.protocol import machine_limits, milliseconds, percentiles, revision, table  # noqa: E402
from gallery.core.query_kind import QueryKind  # noqa: E402
from gallery.encoders.base import Vector, Vectors  # noqa: E402
from gallery.models import EmbeddingSpace  # noqa: E402
from gallery.operations import index_building  # noqa: E402
from gallery.vectorindex.neighbours import nearest  # noqa: E402

K = 10


def load(
    vectors: Vectors,
    space: EmbeddingSpace | None = None,
    *,
    first: int = 0,
    columns: Mapping[str, Sequence[str]] | None = None,
) -> EmbeddingSpace:
    """One image for each vector, whose file name is the number of the vector, from ``first``.

    ``columns`` has values of other columns of the images.
    """
    space = space or EmbeddingSpace.objects.create(
        encoder="benchmark", fingerprint=str(uuid.uuid4())
    )
    ids = [uuid.uuid4() for _ in vectors]
    others = columns or {}
    names = "".join(f", {name}" for name in others)
    with connection.cursor() as cursor:
        with cursor.copy(
            "COPY gallery_image (id, original, sha256, size, format, state, visibility, title,"
            " caption, file_name, colour, exif, attempts, error_code, error_message, updated_at"
            f"{names}) FROM STDIN"
        ) as rows:
            for number, key in enumerate(ids):
                texts_of_it = ["", "", str(first + number), ""]
                values = [key, "-", key.hex * 2, 1, "png", "ready", "public", *texts_of_it, "{}", 0]
                own = [values_of_all[number] for values_of_all in others.values()]
                rows.write_row([*values, "", "", "2026-01-01", *own])
        with cursor.copy("COPY gallery_embedding (image_id, space_id, vector) FROM STDIN") as rows:
            for key, vector in zip(ids, vectors, strict=True):
                rows.write_row((key, space.pk, str(vector.tolist())))
        cursor.execute("ANALYZE")
    return space


def make_toast_table() -> None:
    """The same vectors in pgvector's default layout."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE toast_layout (id uuid, vector vector(512))")
        cursor.execute("INSERT INTO toast_layout SELECT image_id, vector FROM gallery_embedding")
        cursor.execute("ANALYZE toast_layout")


def toast_query(query: Vector) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM toast_layout ORDER BY vector <=> %s::vector LIMIT %s",
            [str(query.tolist()), K],
        )
        cursor.fetchall()


def measure(
    space: EmbeddingSpace, queries: Vectors, truth: list[float], kind: QueryKind = QueryKind.TEXT
) -> tuple[str, str, str]:
    """Recall@10, compared by distance so that ties count, and p50 and p99 in milliseconds."""
    times, hits = [], 0
    for query, worst in zip(queries, truth, strict=True):
        started = time.perf_counter()
        neighbours = nearest(space, query, within=None, limit=K, kind=kind)
        times.append((time.perf_counter() - started) * 1000)
        hits += sum(neighbour.distance <= worst + 1e-5 for neighbour in neighbours)
    p50, p99 = percentiles(times)
    return f"{hits / (K * len(queries)):.3f}", f"{p50:.1f}", f"{p99:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument(
        "--sweep",
        type=float,
        nargs="*",
        default=[1, 2, 4, 8],
        metavar="FACTOR",
        help="lists of the raw indexes, in square roots of the rows",
    )
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    gallery = ClipLike()
    vectors = gallery.pictures(options.rows)
    some = np.random.default_rng(3).integers(0, options.rows, options.queries)
    kinds = {
        "picture": gallery.pictures(options.queries, seed=99),
        "text": gallery.texts(vectors[some]),
    }
    worst = {
        kind: [float(np.partition(1 - vectors @ q, K - 1)[K - 1]) for q in queries]
        for kind, queries in kinds.items()
    }
    space = load(vectors)
    make_toast_table()
    rows = []
    numpy_ms = percentiles(
        [milliseconds(partial(np.matmul, vectors, q)) for q in kinds["text"][:30]]
    )
    rows.append(["NumPy exact, no SQL", "–", "1.000", *(f"{v:.1f}" for v in numpy_ms)])
    toast = percentiles([milliseconds(partial(toast_query, q)) for q in kinds["text"][:20]])
    rows.append(
        ["exact, pgvector's default layout (TOAST)", "–", "1.000", *(f"{v:.1f}" for v in toast)]
    )
    few = {kind: queries[:30] for kind, queries in kinds.items()}
    rows += [
        ["exact, ours (STORAGE PLAIN)", kind, *measure(space, q, worst[kind][:30])]
        for kind, q in few.items()
    ]
    samples = index_sweep.held_out(space, gallery.texts(vectors[(some + 1) % options.rows], seed=5))
    seconds = milliseconds(lambda: index_building.build_best(space, samples)) / 1000
    space = EmbeddingSpace.objects.select_related("index").get(pk=space.pk)
    rows += [
        [
            f"**calibrated, {index_sweep.setting(space, kind)}**",
            kind,
            *measure(space, q, worst[kind], QueryKind(kind)),
        ]
        for kind, q in kinds.items()
    ]
    rows += index_sweep.sweep(space, kinds, worst, options.sweep)
    print(f"rows {options.rows}, revision {revision()}, calibrated in {seconds:.0f} s")
    print(", ".join(f"{name} {value}" for name, value in machine_limits().items()))
    print(table(["search", "query", "recall@10", "p50 ms", "p99 ms"], rows))


if __name__ == "__main__":
    main()
