"""The PostgreSQL statements of an encoder change in a large gallery.

    python -m searchsite.local.sandbox -- python -m benchmarks.changeover --rows 1000000

No model is used: rows and vectors are made inside PostgreSQL, and only statements are timed.
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
from django.utils import timezone  # noqa: E402

from benchmarks.protocol import ceilings, milliseconds, revision, table  # noqa: E402
from gallery.embeddings import fill_jobs, progress, switch  # noqa: E402
from gallery.models import EmbeddingSpace, Fill, FillJob  # noqa: E402
from gallery.operations import changeover  # noqa: E402

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
     FROM gallery_image) numbered
WHERE number > %s AND number <= %s
"""


def run(sql: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)


def make(rows: int) -> tuple[EmbeddingSpace, EmbeddingSpace]:
    call_command("migrate", verbosity=0)
    active = EmbeddingSpace.objects.create(encoder="old", fingerprint="old", active=True)
    run(_IMAGES, rows)
    run(_VECTORS, active.pk, 0, rows)
    return active, switch.begin("new", "new", "a benchmark", switch_when_full=False)


def at(share: float, space: EmbeddingSpace) -> list[str]:
    """Milliseconds of each statement while ``share`` of the newest images is in the space."""
    statements: list[Callable[[], object]] = [
        lambda: progress.of(space),
        lambda: progress.outstanding(space).count(),
        lambda: make_jobs(space),
        lambda: make_jobs(space),
    ]
    times = [milliseconds(statement) for statement in statements]
    FillJob.objects.all().delete()
    EmbeddingSpace.objects.update(reached=None)
    return [f"{share:.1%}", *(f"{each:.0f}" for each in times)]


def make_jobs(space: EmbeddingSpace) -> int:
    space.refresh_from_db()
    return fill_jobs.make(space)


def waiting(space: EmbeddingSpace) -> str:
    """The cost of the periodic steps while a full space waits for ``encoder switch``."""
    EmbeddingSpace.objects.filter(pk=space.pk).update(full_at=timezone.now())
    count = milliseconds(lambda: (make_jobs(space), progress.outstanding(space).count()))
    step = milliseconds(changeover.carry_on)
    return (
        f"a full space that waits: {step:.1f} ms a step, {count:.0f} ms to look for missing images"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    _, space = make(rows)
    lines, before = [], 0
    for share in (0.0, 0.1, 0.5, 0.9, 0.999, 1.0):
        run(_VECTORS, space.pk, before, before := int(share * rows))
        run("VACUUM ANALYZE gallery_embedding, gallery_image, gallery_filljob")
        lines.append(at(share, space))
    print(f"{revision()}, {rows:,} images; {ceilings()}\n")
    header = (
        "In the new space",
        "progress, ms",
        "count, ms",
        "512 jobs, from the top, ms",
        "the next 512, ms",
    )
    print(table(header, lines))
    print(f"\n{waiting(space)}")
    EmbeddingSpace.objects.filter(pk=space.pk).update(fill=Fill.RUNNING)
    print(f"the switch: {milliseconds(lambda: switch.switch(space)):.0f} ms")
    print(f"the rollback: {milliseconds(switch.rollback):.0f} ms")


if __name__ == "__main__":
    main()
