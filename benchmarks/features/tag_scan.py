"""How long a large gallery takes to be compared with a vocabulary, and new pictures after that.

    python -m searchsite.local.sandbox -- python -m benchmarks.features.tag_scan \\
        --rows 100000 --tags 500

The vectors of the tags come from the built-in encoder. Each picture is a mixture of two of them
and of noise, so that it gets suggestions.
"""

from __future__ import annotations

import argparse
import os
import threading
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
django.setup()

import numpy as np  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from benchmarks.protocol import machine_limits, revision, table  # noqa: E402
from gallery.changeover.choose import choose  # noqa: E402
from gallery.curation.tags.suggestions import prompts, suggest  # noqa: E402
from gallery.models import (  # noqa: E402
    Embedding,
    EmbeddingSpace,
    Image,
    ImageTag,
    State,
    SuggestionItem,
    SuggestionScan,
    Tag,
    TagKind,
    TagScoring,
)

_CHUNK = 5_000
_IMAGES = """
INSERT INTO gallery_image (id, original, sha256, size, format, state, visibility, title, caption,
    file_name, colour, exif, attempts, error_code, error_message, created_at, updated_at)
SELECT gen_random_uuid(), '-', md5(n::text) || md5(n::text), 1, 'png', 'ready', 'public', '', '',
    '', '', '{}', 0, '', '', now() - n * interval '1 second', now()
FROM generate_series(1, %s) n
"""


def make_tags(count: int) -> None:
    words = [f"{colour} {thing}" for thing in _THINGS for colour in _COLOURS]
    Tag.objects.bulk_create(
        Tag(name=name, kind=TagKind.SCENE if number % 5 == 0 else TagKind.SUBJECT)
        for number, name in enumerate(words[:count])
    )


def make_pictures(space: EmbeddingSpace, rows: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_IMAGES, [rows])
    keys = list(Image.objects.values_list("pk", flat=True))
    labels = prompts.vectors_of(space, list(Tag.objects.all()))
    rng = np.random.default_rng(1)
    for start in range(0, rows, _CHUNK):
        some = keys[start : start + _CHUNK]
        noise = rng.normal(scale=512**-0.5, size=(len(some), 512))
        first, second = labels[rng.integers(0, len(labels), (2, len(some)))]
        vectors = 0.4 * first + 0.3 * second + noise
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        Embedding.objects.bulk_create(
            Embedding(image_id=key, space=space, vector=vector)
            for key, vector in zip(some, vectors.astype(np.float32), strict=True)
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def seconds_of_a_scan() -> float:
    started = time.perf_counter()
    suggest.run(seconds=3600)
    assert SuggestionScan.objects.filter(completed_at__isnull=False).exists()
    return time.perf_counter() - started


class Uploads(threading.Thread):
    """Adds a picture that waits for its vector, again and again, each when the last one was taken.

    As *embed* would, the owner of the thread takes it between two slices.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.waits: list[float] = []
        self._added: tuple[Image, float] | None = None
        self._is_over = threading.Event()
        self._rng = np.random.default_rng(1)

    def run(self) -> None:
        while not self._is_over.wait(self._rng.uniform(0.05, 0.5)):
            if self._added is None:
                image = Image.objects.create(original="-", size=1, state=State.DERIVED)
                self._added = (image, time.perf_counter())

    def take(self) -> None:
        if self._added is not None:
            image, since = self._added
            self.waits.append(time.perf_counter() - since)
            image.delete()
            self._added = None

    def end(self) -> None:
        self._is_over.set()
        self.join()
        self.take()


def waits_of_uploads(scans: int = 5) -> list[float]:
    """Seconds from an upload until the slice of *suggest* that runs at that moment ends."""
    uploads = Uploads()
    uploads.start()
    for _ in range(scans):
        TagScoring.objects.all().delete()
        SuggestionScan.objects.all().delete()
        while not SuggestionScan.objects.filter(completed_at__isnull=False).exists():
            suggest.run()
            uploads.take()
    uploads.end()
    return uploads.waits


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--tags", type=int, default=500)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    space = choose("builtin")
    make_tags(options.tags)
    make_pictures(space, options.rows)
    rows = [["first scan", f"{seconds_of_a_scan():.1f}", str(ImageTag.objects.count())]]
    Tag.objects.create(name="a new tag")
    rows.append(["after a new tag", f"{seconds_of_a_scan():.1f}", str(ImageTag.objects.count())])
    SuggestionItem.objects.add_for(list(Image.objects.values_list("pk", flat=True)[:1000]))
    started = time.perf_counter()
    suggest.run(seconds=3600)
    rows.append(["1,000 new pictures", f"{time.perf_counter() - started:.1f}", ""])
    waits = waits_of_uploads()
    rows.append([f"longest wait of {len(waits)} uploads", f"{max(waits):.2f}", ""])
    rows.append(["median wait", f"{np.median(waits):.2f}", ""])
    print(f"revision {revision()}, {options.rows} pictures x {options.tags} tags")
    print(", ".join(f"{name} {value}" for name, value in machine_limits().items()))
    print(table(["", "seconds", "suggestions"], rows))


_COLOURS = ("red", "blue", "green", "yellow", "black", "white", "brown", "grey", "old", "small")
_THINGS = (
    "dog", "cat", "horse", "bird", "fish", "car", "bus", "train", "boat", "plane", "house",
    "church", "bridge", "tree", "flower", "mountain", "river", "cup", "book", "chair", "table",
    "lamp", "clock", "phone", "guitar", "piano", "ball", "kite", "hat", "shoe", "bag", "apple",
    "banana", "cake", "pizza", "bread", "child", "dancer", "soldier", "farmer", "road", "tower",
    "door", "window", "stone", "cloud", "shirt", "box", "bottle", "knife", "spoon", "candle",
)  # fmt: skip

if __name__ == "__main__":
    main()
