"""Milliseconds per item of each method to encode pictures and texts; used by encoding.py."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageFilter

from benchmarks.data.random_clip import captions
from benchmarks.protocol import milliseconds
from gallery.encoders import query_cache
from gallery.encoders.base import Encoder, TextEncoder
from gallery.encoders.onnx.encoder import OnnxEncoder
from gallery.media import previews
from gallery.media.decode import QUERY_SIDE
from gallery.media.decoding_child import picture

Work = Callable[[], object]
BATCH = 32
QUIETLY = {"normalize_embeddings": True, "show_progress_bar": False}
PHOTOGRAPHS = 4


def photograph(width: int, height: int, seed: int) -> PIL.Image.Image:
    """Soft shapes with fine grain, which compress like a photograph."""
    rng = np.random.default_rng(seed)
    shapes = rng.integers(0, 256, (height // 80, width // 80, 3), dtype=np.uint8)
    grain = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    soft = PIL.Image.fromarray(grain).filter(PIL.ImageFilter.GaussianBlur(1.5))
    return PIL.Image.blend(PIL.Image.fromarray(shapes).resize((width, height), 3), soft, 0.25)


def stored(image: PIL.Image.Image, format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def opened(data: bytes, format: str) -> PIL.Image.Image:
    with PIL.Image.open(io.BytesIO(data), formats=[format]) as image:
        return image.convert("RGB")


def best(methods: dict[str, Work], rounds: int) -> dict[str, float]:
    """Milliseconds of each method's best round, after one warm-up round."""
    times = dict.fromkeys(methods, float("inf"))
    for number in range(rounds + 1):
        for name, work in methods.items():
            spent = milliseconds(work)
            times[name] = min(times[name], spent) if number else times[name]
    return times


def from_previews(
    model: Any, ours: dict[str, OnnxEncoder], count: int, rounds: int
) -> dict[str, float]:
    """Milliseconds per picture, from the bytes of a stored preview to the vector."""
    name = previews.smallest_showing(4000, 3000, side=224)
    shown = [photograph(1600, 1200, seed) for seed in range(8)]
    for image in shown:
        image.thumbnail((previews.SIZES[name],) * 2, PIL.Image.Resampling.LANCZOS)
    webp_files = [stored(shown[i % 8], "WEBP", quality=80, method=4) for i in range(count)]

    def one_by_one() -> None:
        for data in webp_files:
            model.encode([opened(data, "WEBP")], **QUIETLY)

    def batched() -> None:
        for start in range(0, count, BATCH):
            images = [opened(data, "WEBP") for data in webp_files[start : start + BATCH]]
            model.encode(images, batch_size=BATCH, **QUIETLY)

    def embedded(fast: Encoder) -> None:
        for start in range(0, count, 16):  # GALLERY_EMBED_BATCH
            batch = webp_files[start : start + 16]
            fast.encode_images([opened(data, "WEBP") for data in batch])

    methods: dict[str, Work] = {name: partial(embedded, fast) for name, fast in ours.items()}
    times = best({"one by one": one_by_one, "batched": batched, **methods}, rounds)
    return {name: spent / count for name, spent in times.items()}


def from_originals(model: Any, fast: Encoder, rounds: int) -> dict[str, float]:
    """Milliseconds per picture, from a 12-megapixel JPEG to the vector.

    A picture dropped on the search box is decoded to at most 800 pixels, an upload to the size of
    its largest preview.
    """
    originals = [
        stored(photograph(4000, 3000, seed), "JPEG", quality=90) for seed in range(PHOTOGRAPHS)
    ]

    def in_full() -> None:
        for data in originals:
            model.encode([opened(data, "JPEG")], **QUIETLY)

    def ours(longest: int) -> None:
        for data in originals:
            read = picture.read(io.BytesIO(data), "jpeg", max_pixels=10**8, longest=longest)
            fast.encode_images([read.pixels])

    methods: dict[str, Work] = {
        "full decoding": in_full,
        "dropped": partial(ours, QUERY_SIDE),
        "uploaded": partial(ours, max(previews.SIZES.values())),
    }
    return {name: spent / PHOTOGRAPHS for name, spent in best(methods, rounds).items()}


def from_texts(model: Any, ours: Mapping[str, TextEncoder], rounds: int) -> dict[str, float]:
    """Milliseconds per text. Texts are encoded one at a time, like those of searches."""
    queries = captions()[:24]

    def each(encode: Callable[[str], object]) -> None:
        for text in queries:
            encode(text)

    theirs = partial(each, lambda text: model.encode([{"text": text}], **QUIETLY))
    methods = {name: partial(each, partial(_one, fast)) for name, fast in ours.items()}
    times = best({"encode": theirs, **methods}, rounds)
    return {name: spent / len(queries) for name, spent in times.items()}


def _one(fast: TextEncoder, text: str) -> object:
    return fast.encode_texts([text])


def from_cache() -> dict[str, float]:
    """Milliseconds (p99) to get the vector of a cached text."""
    key = query_cache.Key("benchmark", "benchmark", "a dog on a beach")
    query_cache.put({key: np.ones(512, np.float32)})

    def from_redis() -> None:
        query_cache.forget()
        assert key in query_cache.get([key])

    redis = sorted(milliseconds(from_redis) for _ in range(500))
    here = sorted(milliseconds(lambda: query_cache.get([key])) for _ in range(500))
    return {"in the process": here[495], "in Redis": redis[495]}
