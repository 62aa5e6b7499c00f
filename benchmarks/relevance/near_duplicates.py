"""Which copies of pictures are found as near-duplicates, and which other pictures are.

    python -m benchmarks.relevance.near_duplicates

Copies of the demo pictures are made in several ways. Pictures that look alike but show other things
are drawn: pages of text, dark pictures, and small things on a flat background.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
django.setup()

import numpy as np  # noqa: E402
import numpy.typing as npt  # noqa: E402
from PIL import Image as Picture  # noqa: E402

from benchmarks.data.altered_pictures import COPIES, demo_pictures, lookalikes  # noqa: E402
from benchmarks.protocol import revision, table  # noqa: E402
from gallery.curation.near_duplicates.candidates import MOST_DIFFERENT_BITS  # noqa: E402
from gallery.curation.near_duplicates.compare import (  # noqa: E402
    LEAST_SIMILARITY,
    MOST_DIFFERENT_DETAILS,
)
from gallery.encoders import loader  # noqa: E402
from gallery.encoders.base import Vectors  # noqa: E402
from gallery.encoders.model import lookup  # noqa: E402
from gallery.media.perceptual_hash import detail_hash, perceptual_hash  # noqa: E402

Places = npt.NDArray[np.intp]

_BATCH = 32


class Measured:
    """The hashes and vectors ``(n, 512)`` of some pictures; the detail hashes are bits."""

    def __init__(self, pictures: list[Picture.Image]) -> None:
        encoder = loader.load(lookup.find("builtin"))
        hashes = [perceptual_hash(picture) & (2**64 - 1) for picture in pictures]
        self.hashes = np.array(hashes, dtype=np.uint64)
        details = [detail_hash(picture) for picture in pictures]
        self.is_plain = np.array([not value for value in details])
        filled = [np.frombuffer(value or bytes(32), np.uint8) for value in details]
        self.details = np.unpackbits(np.array(filled), axis=1)
        batches = range(0, len(pictures), _BATCH)
        self.vectors: Vectors = np.concatenate(
            [encoder.encode_images(pictures[start : start + _BATCH]) for start in batches]
        )


class Comparison:
    """Pairs of pictures, one of each side: different bits, and cosines."""

    def __init__(self, left: Measured, right: Measured, first: Places, second: Places) -> None:
        self.bits = np.bitwise_count(left.hashes[first] ^ right.hashes[second])
        self.details = (left.details[first] != right.details[second]).sum(axis=1)
        self.cosines = (left.vectors[first] * right.vectors[second]).sum(axis=1)
        by_hash = self.bits <= MOST_DIFFERENT_BITS
        is_plain = left.is_plain[first] | right.is_plain[second]
        by_details = (self.details <= MOST_DIFFERENT_DETAILS) & ~is_plain
        by_vector = self.cosines >= LEAST_SIMILARITY
        # Whether each condition takes the pairs for near-duplicates, and all of them together.
        self.verdicts = [by_hash, by_details, by_vector, by_hash & by_details & by_vector]


def copies_found() -> list[list[str]]:
    originals = demo_pictures()
    measured, each = Measured(originals), np.arange(len(originals))
    rows = []
    for name, alter in COPIES.items():
        copies = Measured([alter(picture) for picture in originals])
        compared = Comparison(measured, copies, each, each)
        figures = [
            *(f"{np.median(compared.bits):.0f}", f"{compared.bits.max()}"),
            *(f"{np.median(compared.details):.0f}", f"{compared.details.max()}"),
            *(f"{np.median(compared.cosines):.3f}", f"{compared.cosines.min():.3f}"),
        ]
        rows.append([name, *figures, *(f"{verdict.mean():.3f}" for verdict in compared.verdicts)])
    return rows


def others_found() -> list[list[str]]:
    """Pairs of different pictures that each condition, and all, take for near-duplicates."""
    rows = []
    groups: dict[str, Callable[[], list[Picture.Image]]] = {"demo": demo_pictures, **lookalikes()}
    for name, pictures in groups.items():
        measured = Measured(pictures())
        first, second = np.triu_indices(len(measured.hashes), 1)
        compared = Comparison(measured, measured, first, second)
        counts = [len(first), *(verdict.sum() for verdict in compared.verdicts)]
        rows.append([name, *map(str, counts)])
    return rows


def main() -> None:
    print(f"revision {revision()}")
    conditions = ["by hash", "by details", "by vector", "by all"]
    headings = ["copy", "bits", "most", "details", "most", "cosine", "least", *conditions]
    print(table(headings, copies_found()))
    print(table(["different pictures", "pairs", *conditions], others_found()))


if __name__ == "__main__":
    main()
