"""What the queries of a change of encoder cost PostgreSQL in a large gallery.

    python -m searchsite.local.sandbox -- python -m benchmarks.models.changeover --rows 1000000

No model takes part: rows and vectors are made inside PostgreSQL, and only statements are timed.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Exists, OuterRef  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.protocol import machine_limits, milliseconds, revision, table  # noqa: E402
from gallery.changeover import control, run  # noqa: E402
from gallery.embeddings import coverage, spaces  # noqa: E402
from gallery.jobs import scan  # noqa: E402
from gallery.models import BackfillItem, EmbeddingSpace, SpaceBackfill  # noqa: E402

_IMAGES = """
INSERT INTO gallery_image (id, original, sha256, size, format, state, visibility, title, caption,
    file_name, colour, exif, attempts, error_code, error_message, created_at, updated_at)
SELECT gen_random_uuid(), '-', md5(n::text) || md5(n::text), 1, 'png', 'ready', 'public', '', '',
    '', '', '{}', 0, '', '', now() - n * interval '1 second', now()
FROM generate_series(1, %s) n
"""
_VECTORS = """
INSERT INTO gallery_embedding (image_id, space_id, vector)
SELECT id, %s, array_fill(0.0441941738, ARRAY[512])::vector FROM
    (SELECT id, row_number() OVER (ORDER BY created_at DESC, id DESC) AS number
        FROM gallery_image) i
WHERE number > %s AND number <= %s
"""


def execute(sql: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)


def make_spaces(rows: int) -> tuple[EmbeddingSpace, EmbeddingSpace]:
    """The active space, with all vectors, and one that is being backfilled, with none."""
    call_command("migrate", verbosity=0)
    active = EmbeddingSpace.objects.create(encoder="old", fingerprint="old", active=True)
    execute(_IMAGES, rows)
    execute(_VECTORS, active.pk, 0, rows)
    other = EmbeddingSpace.objects.create(encoder="new", fingerprint="new")
    return active, control.start(other, switch_when_complete=False)


def query_times(share: float, space: EmbeddingSpace) -> list[str]:
    """Milliseconds of each query while ``share`` of the newest images is in the space."""
    queries: list[Callable[[], object]] = [
        lambda: coverage.coverage_of(space),
        lambda: coverage.outstanding(space).count(),
        add_items,
        add_items,
    ]
    durations = [milliseconds(query) for query in queries]
    BackfillItem.objects.all().delete()
    SpaceBackfill.objects.update(scanned_to=None)
    return [f"{share:.1%}", *(f"{duration:.0f}" for duration in durations)]


def add_items() -> int:
    job = SpaceBackfill.objects.select_related("space").get()
    existing = job.items.filter(image_id=OuterRef("pk"))
    images = coverage.without_vector(job.space).filter(~Exists(existing))
    return scan.add_items(job, images, lambda key: BackfillItem(backfill=job, image_id=key))


def cost_of_waiting(space: EmbeddingSpace) -> str:
    """What the steps of the clock cost while a complete space waits for ``encoder switch``."""
    SpaceBackfill.objects.update(completed_at=timezone.now())
    full = milliseconds(lambda: (add_items(), coverage.outstanding(space).count()))
    step = milliseconds(run.run)
    return f"a complete space that waits: {step:.1f} ms a step, {full:.0f} ms a full scan"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    active, space = make_spaces(rows)
    lines, before = [], 0
    for share in (0.0, 0.1, 0.5, 0.9, 0.999, 1.0):
        execute(_VECTORS, space.pk, before, before := int(share * rows))
        execute("VACUUM ANALYZE gallery_embedding, gallery_image, gallery_backfillitem")
        lines.append(query_times(share, space))
    print(f"{revision()}, {rows:,} images; {machine_limits()}\n")
    header = (
        "vectors in the new space",
        "coverage, ms",
        "count, ms",
        "512 items, scan from the newest, ms",
        "the next 512, ms",
    )
    print(table(header, lines))
    print(f"\n{cost_of_waiting(space)}")
    switch = milliseconds(lambda: (coverage.outstanding(space).count(), spaces.activate(space)))
    print(f"the switch: {switch:.0f} ms")
    print(f"the rollback: {milliseconds(lambda: spaces.activate(active)):.0f} ms")


if __name__ == "__main__":
    main()
