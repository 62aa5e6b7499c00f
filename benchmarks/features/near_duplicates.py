"""How long a large gallery takes to be compared for near-duplicates, and new pictures after that.

    python -m searchsite.local.sandbox -- python -m benchmarks.features.near_duplicates \\
        --rows 100000

The hashes and vectors are random; a tenth of the pictures are copies of others.
"""

from __future__ import annotations

import argparse
import os
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
django.setup()

import numpy as np  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from benchmarks.protocol import machine_limits, revision, table  # noqa: E402
from gallery.curation.near_duplicates import find  # noqa: E402
from gallery.encoders.base import Vectors  # noqa: E402
from gallery.models import (  # noqa: E402
    Embedding,
    EmbeddingSpace,
    Image,
    NearDuplicateItem,
    NearDuplicatePair,
)

_CHUNK = 5_000
_IMAGES = """
INSERT INTO gallery_image (id, original, sha256, size, format, state, visibility, title, caption,
    file_name, colour, exif, attempts, error_code, error_message, created_at, updated_at,
    perceptual_hash, detail_hash)
SELECT gen_random_uuid(), '-', md5(n::text) || md5(n::text), 1, 'png', 'ready', 'public', '', '',
    '', '', '{}', 0, '', '', now() - n * interval '1 second', now(), hash,
    decode(repeat('0f', 32), 'hex')
FROM unnest(%s::bigint[]) WITH ORDINALITY AS h(hash, n)
RETURNING id
"""


def make_gallery(rows: int) -> None:
    """Every tenth picture is a copy: one or two other bits, and a cosine of about 0.95."""
    rng = np.random.default_rng(1)
    hashes = rng.integers(0, 2**64, rows, dtype=np.uint64)
    copies = np.arange(10, rows, 10)
    hashes[copies] = hashes[copies - 1] ^ (np.uint64(1) << rng.integers(0, 64, len(copies), "u8"))
    with connection.cursor() as cursor:
        cursor.execute(_IMAGES, [hashes.view(np.int64).tolist()])
        keys = [key for (key,) in cursor.fetchall()]
    space = EmbeddingSpace.objects.create(encoder="random", fingerprint="random", active=True)
    last: Vectors = np.zeros((1, 512), np.float32)
    for start in range(0, rows, _CHUNK):
        vectors = rng.standard_normal((min(_CHUNK, rows - start), 512)).astype(np.float32)
        own = np.arange(0, len(vectors), 10)
        before = np.concatenate([last, vectors])[own]
        vectors[own] = before + 0.33 * vectors[own]
        last = vectors[-1:].copy()
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        Embedding.objects.bulk_create(
            Embedding(image_id=key, space=space, vector=vector)
            for key, vector in zip(keys[start : start + _CHUNK], vectors, strict=True)
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def seconds_of_a_run() -> float:
    started = time.perf_counter()
    find.run(seconds=3600)
    return time.perf_counter() - started


def times(rows: int) -> list[list[str]]:
    make_gallery(rows)
    results = [
        ["all pictures", f"{seconds_of_a_run():.1f}", str(NearDuplicatePair.objects.count())]
    ]
    keys = list(Image.objects.values_list("pk", flat=True)[:1000])
    for name, some in (("1,000 new pictures", keys), ("1 new picture", keys[:1])):
        NearDuplicateItem.objects.add_for(some)
        results.append([name, f"{seconds_of_a_run():.2f}", ""])
    value = Image.objects.values_list("perceptual_hash", flat=True)[0] or 0
    started = time.perf_counter()
    list(Image.objects.perceptually_near(value, distance=8).values_list("pk"))
    results.append(["one hash in SQL", f"{time.perf_counter() - started:.3f}", ""])
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    call_command("migrate", verbosity=0)
    results = times(rows)
    print(f"revision {revision()}")
    print(", ".join(f"{name} {value}" for name, value in machine_limits().items()))
    print(table([f"{rows} pictures", "seconds", "pairs"], results))


if __name__ == "__main__":
    main()
