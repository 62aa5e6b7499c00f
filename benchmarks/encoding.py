"""From pictures and texts to vectors: this project against sentence-transformers in one run.

    python -m searchsite.local.sandbox -- python -m benchmarks.encoding

The model has the architecture of ViT-B/32 and random weights, so costs are real and results mean
nothing. The rounds of all methods alternate and the best round of each counts, because the machine
may have other work.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import django
import numpy as np
import PIL.Image
import PIL.ImageFilter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
django.setup()

from benchmarks.protocol import milliseconds, revision, sgemm, table  # noqa: E402
from benchmarks.random_clip import captions, vit_b_32  # noqa: E402
from gallery.encoders import query_cache  # noqa: E402
from gallery.encoders.base import Encoder, TextEncoder  # noqa: E402
from gallery.encoders.model_folder import ModelFolder  # noqa: E402
from gallery.encoders.onnx import files  # noqa: E402
from gallery.encoders.onnx.both_towers import BothTowers  # noqa: E402
from gallery.encoders.onnx.encoder import OnnxEncoder  # noqa: E402
from gallery.encoders.onnx.texts import OnnxTexts  # noqa: E402
from gallery.encoders.reference import SentenceTransformerEncoder  # noqa: E402
from gallery.media import picture, previews  # noqa: E402
from gallery.media.decode import QUERY_SIDE  # noqa: E402

Work = Callable[[], object]
MODEL = Path("var/bench/vit-b-32")
# Multiplications and additions for one picture in the visual tower of ViT-B/32.
GFLOP_A_PICTURE = 8.73
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


def memory_of_a_worker(variant: Path) -> int:
    """Peak memory in MB of a process that embeds with ONNX Runtime like the worker."""
    result = subprocess.run(
        [sys.executable, "-m", "benchmarks.embedding_process", str(MODEL), str(variant)],
        capture_output=True,
        check=True,
    )
    return int(result.stdout)


def gate_report(towers: BothTowers) -> str:
    """The figures of the gate, and the variants that it chose.

    If no text variant passes together with integer pictures, the figures are those of texts with
    pictures in full precision.
    """
    card = towers.choose()
    gate = card.gate
    rows = [
        [tower, name, *(str(figures[key]) for key in ("cosine", "overlap", "passes"))]
        for tower, tried in gate.items()
        for name, figures in tried.items()
    ]
    return f"In use: pictures {card.visual}, texts {card.text}.\n\n" + table(
        ["tower", "variant", "mean cosine", "overlap", "passes"], rows
    )


def row(method: str, spent: float, *rivals: tuple[str, float]) -> list[str]:
    return [method, f"{spent:.1f}", ", ".join(f"{ms / spent:.1f} × {name}" for name, ms in rivals)]


def report(scratch: Path, count: int, rounds: int) -> None:
    reference = SentenceTransformerEncoder(ModelFolder("vit", vit_b_32(MODEL)))
    model, towers = reference.model, BothTowers(reference, scratch)
    variants = towers.variants
    print(f"Commit {revision()}.\n\n{gate_report(towers)}\n")
    fast, full = variants.make("int8"), variants.make("fp32")
    replace(towers.card, sizes=files.sizes_in(variants.folder("int8"))).write(
        variants.folder("int8")
    )
    shown = from_previews(model, {"ours": fast, "ours, fp32": full}, count, rounds)
    one, batched = ("one by one", shown["one by one"]), ("batched", shown["batched"])
    whole = from_originals(model, fast, rounds)
    whole_jpeg = ("decoded in full", whole["full decoding"])
    finer = ("int8-attention", "int8-fine")
    two_threads = replace(towers.card, text_threads=2)
    text_methods: dict[str, TextEncoder] = {
        "int8": fast,
        "int8, two threads": OnnxTexts(variants.folder("int8"), two_threads),
    }
    texts = from_texts(model, text_methods | {one: variants.make(one) for one in finer}, rounds)
    encode, others = ("`encode`", texts["encode"]), ("int8, two threads", *finer)
    rows = [
        row("preview → vector, `encode` one by one", shown["one by one"]),
        row("preview → vector, `encode`, batches of 32", shown["batched"], one),
        row("preview → vector, ONNX fp32", shown["ours, fp32"], one, batched),
        row("**preview → vector, ONNX int8**", shown["ours"], one, batched),
        row("12 MP JPEG → vector, decoded in full, `encode`", whole["full decoding"]),
        row("**12 MP JPEG → vector, as dropped**", whole["dropped"], whole_jpeg),
        row("12 MP JPEG → vector, as uploaded", whole["uploaded"], whole_jpeg),
        row("text → vector, `encode`", texts["encode"]),
        row("**text → vector, ONNX int8**", texts["int8"], encode),
        *(row(f"text → vector, ONNX {one}", texts[one], encode) for one in others),
    ]
    print(table(["method", "ms each", "times as fast as"], rows), "\n")
    shares = ", ".join(f"{name} {texts[name] / encode[1]:.2f}" for name in ("int8", *others))
    print(f"Texts, share of the time of `encode`: {shares}.")
    for where, spent in from_cache().items():
        print(f"A cached text, found {where}: p99 {spent:.3f} ms.")
    memory = memory_of_a_worker(variants.folder("int8"))
    print(f"Embedding process, peak resident memory: {memory} MB.")
    ceiling, reached = sgemm(), GFLOP_A_PICTURE * 1000 / shown["ours"]
    print(f"SGEMM {ceiling:.0f} GFLOP/s; ONNX int8 from preview to vector {reached:.0f} GFLOP/s, "
          f"{reached / ceiling:.0%}; batched `encode` "
          f"{GFLOP_A_PICTURE * 1000 / shown['batched'] / ceiling:.0%}.")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(
        dir=MODEL.parent if MODEL.parent.exists() else None
    ) as scratch:
        report(Path(scratch), options.pictures, options.rounds)


if __name__ == "__main__":
    main()
