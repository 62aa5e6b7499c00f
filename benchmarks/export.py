"""How many rows an export without originals writes in a second, and whether its memory grows.

    python -m searchsite.local.sandbox -- python -m benchmarks.export --rows 20000

The named alternative is PostgreSQL's own COPY of the same rows and vectors in its binary format.
Each picture has a title, a caption, metadata, three tags and a vector.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from benchmarks.protocol import machine_limits, revision, table  # noqa: E402
from gallery.models import EmbeddingSpace, Image, ImageQuerySet, Tag  # noqa: E402
from gallery.operations.export.export import export  # noqa: E402

_REPETITIONS = 3
_IMAGES = """
INSERT INTO gallery_image (id, original, sha256, size, format, state, visibility, title, caption,
    file_name, colour, exif, attempts, error_code, error_message, metadata, created_at, updated_at)
SELECT gen_random_uuid(), '-', md5(n::text) || md5(n::text), 1, 'png', 'ready', 'public',
    'Picture ' || n, repeat('a caption of some words ', 4), 'IMG_' || n || '.png', '#336699',
    '{"iso": 200}', 0, '', '', jsonb_build_object('number', n, 'album', 'Trip ' || n %% 100),
    now() - n * interval '1 second', now()
FROM generate_series(1, %s) n
"""
_TAGS = """
INSERT INTO gallery_imagetag (image_id, tag_id, source, state)
SELECT i.id, t.id, 'person', 'approved' FROM gallery_image i CROSS JOIN gallery_tag t
"""
_VECTORS = """
INSERT INTO gallery_embedding (image_id, space_id, vector)
SELECT i.id, %s, ARRAY(
    SELECT random() - 0.5 + 0 * length(i.title) FROM generate_series(1, 512))::vector
FROM gallery_image i
"""
_COPY = """
COPY (SELECT i.*, e.vector FROM gallery_image i
    LEFT JOIN gallery_embedding e ON e.image_id = i.id ORDER BY i.id) TO STDOUT (FORMAT binary)
"""


def make_gallery(rows: int) -> None:
    space = EmbeddingSpace.objects.create(encoder="builtin", fingerprint="benchmark", active=True)
    Tag.objects.bulk_create(Tag(name=name) for name in ("lake", "sky", "people"))
    with connection.cursor() as cursor:
        cursor.execute(_IMAGES, [rows])
        cursor.execute(_TAGS)
        cursor.execute(_VECTORS, [space.pk])
        cursor.execute("ANALYZE")


def peak_mebibytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def seconds_of_export(folder: Path, images: ImageQuerySet) -> float:
    started = time.perf_counter()
    export(folder, images, with_originals=False)
    return time.perf_counter() - started


def seconds_of_copy(file: Path) -> float:
    started = time.perf_counter()
    connection.ensure_connection()
    with (
        connection.connection.cursor() as cursor,
        cursor.copy(_COPY) as copy,
        file.open("wb") as to,
    ):
        for block in copy:
            to.write(block)
    return time.perf_counter() - started


def main(rows: int) -> None:
    call_command("migrate", verbosity=0)
    make_gallery(rows)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seconds_of_export(folder, Image.objects.filter(metadata__number__lte=rows // 4))
        peak_of_quarter = peak_mebibytes()
        # In turns, so that other work on the machine changes both.
        times = [
            (seconds_of_export(folder, Image.objects.all()), seconds_of_copy(folder / "copy"))
            for _ in range(_REPETITIONS)
        ]
        sizes = (folder / "pictures.parquet").stat().st_size, (folder / "copy").stat().st_size
    exported, copied = (min(values) for values in zip(*times, strict=True))
    peak = peak_mebibytes()
    print(f"revision {revision()}; {machine_limits()}")
    print(f"{rows:,} rows, the quickest of {_REPETITIONS} runs")
    print(f"peak memory: {peak_of_quarter:,.0f} MiB after a quarter, {peak:,.0f} MiB after all")
    print(
        table(
            ["program", "seconds", "rows/s", "ratio", "MB"],
            [
                ["export", f"{exported:.2f}", f"{rows / exported:,.0f}", f"{exported / copied:.2f}",
                 f"{sizes[0] / 1e6:.1f}"],
                ["COPY", f"{copied:.2f}", f"{rows / copied:,.0f}", "1.00", f"{sizes[1] / 1e6:.1f}"],
            ],
        )
    )  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    main(parser.parse_args().rows)
