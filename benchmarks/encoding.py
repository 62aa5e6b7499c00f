"""Our way from pictures and texts to vectors, against sentence-transformers in the same run.

    python -m searchsite.local.sandbox -- python -m benchmarks.encoding

The architecture is the true ViT-B/32, the weights are random: costs are real, meaning is not.
Rounds of all ways take turns and the best round of each counts, because the machine may have
other work.
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
from gallery.encoders.model.folder import ModelFolder  # noqa: E402
from gallery.encoders.onnx import files  # noqa: E402
from gallery.encoders.onnx.encoder import OnnxEncoder  # noqa: E402
from gallery.encoders.onnx.text_encoder import OnnxTextEncoder  # noqa: E402
from gallery.encoders.onnx_export.whole_model import WholeModelExport  # noqa: E402
from gallery.encoders.reference import SentenceTransformerEncoder  # noqa: E402
from gallery.media import previews  # noqa: E402
from gallery.media.decode import QUERY_SIDE  # noqa: E402
from gallery.media.decoding_child import picture  # noqa: E402

Work = Callable[[], object]
MODEL = Path("var/bench/vit-b-32")
# Multiplications and additions of one picture in the ViT-B/32's visual tower.
GFLOP_A_PICTURE = 8.73
BATCH = 32
QUIETLY = {"normalize_embeddings": True, "show_progress_bar": False}
PHOTOGRAPHS = 4


def photograph(width: int, height: int, seed: int) -> PIL.Image.Image:
    """Soft shapes under fine grain, which compresses like a photograph."""
    rng = np.random.default_rng(seed)
    shapes = rng.integers(0, 256, (height // 80, width // 80, 3), dtype=np.uint8)
    grain = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    soft = PIL.Image.fromarray(grain).filter(PIL.ImageFilter.GaussianBlur(1.5))
    return PIL.Image.blend(PIL.Image.fromarray(shapes).resize((width, height), 3), soft, 0.25)


def stored(image: PIL.Image.Image, format: str, **how: Any) -> bytes:
    held = io.BytesIO()
    image.save(held, format, **how)
    return held.getvalue()


def opened(data: bytes, format: str) -> PIL.Image.Image:
    with PIL.Image.open(io.BytesIO(data), formats=[format]) as image:
        return image.convert("RGB")


def best(ways: dict[str, Work], rounds: int) -> dict[str, float]:
    """Milliseconds of each way's best round; one round before does not count."""
    times = dict.fromkeys(ways, float("inf"))
    for number in range(rounds + 1):
        for name, work in ways.items():
            spent = milliseconds(work)
            times[name] = min(times[name], spent) if number else times[name]
    return times


def from_previews(
    model: Any, ours: dict[str, OnnxEncoder], count: int, rounds: int
) -> dict[str, float]:
    """Milliseconds a picture, from the bytes of a stored preview to its vector."""
    name = previews.smallest_showing(4000, 3000, side=224)
    shown = [photograph(1600, 1200, seed) for seed in range(8)]
    for image in shown:
        image.thumbnail((previews.SIZES[name],) * 2, PIL.Image.Resampling.LANCZOS)
    kept = [stored(shown[i % 8], "WEBP", quality=80, method=4) for i in range(count)]

    def one_by_one() -> None:
        for data in kept:
            model.encode([opened(data, "WEBP")], **QUIETLY)

    def batched() -> None:
        for at in range(0, count, BATCH):
            images = [opened(data, "WEBP") for data in kept[at : at + BATCH]]
            model.encode(images, batch_size=BATCH, **QUIETLY)

    def embedded(fast: Encoder) -> None:
        for at in range(0, count, 16):  # GALLERY_EMBED_BATCH
            fast.encode_images([opened(data, "WEBP") for data in kept[at : at + 16]])

    ways: dict[str, Work] = {way: partial(embedded, fast) for way, fast in ours.items()}
    times = best({"one by one": one_by_one, "batched": batched, **ways}, rounds)
    return {way: spent / count for way, spent in times.items()}


def from_originals(model: Any, fast: Encoder, rounds: int) -> dict[str, float]:
    """Milliseconds a picture, from a 12-megapixel JPEG to its vector. A dropped picture becomes
    800 pixels wide at most, an upload as wide as its largest preview.
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

    ways: dict[str, Work] = {
        "full decoding": in_full,
        "dropped": partial(ours, QUERY_SIDE),
        "uploaded": partial(ours, max(previews.SIZES.values())),
    }
    return {way: spent / PHOTOGRAPHS for way, spent in best(ways, rounds).items()}


def from_texts(model: Any, ours: Mapping[str, TextEncoder], rounds: int) -> dict[str, float]:
    """Milliseconds a text, one at a time as searches come."""
    asked = captions()[:24]

    def each(encode: Callable[[str], object]) -> None:
        for text in asked:
            encode(text)

    theirs = partial(each, lambda text: model.encode([{"text": text}], **QUIETLY))
    ways = {way: partial(each, partial(_one, fast)) for way, fast in ours.items()}
    times = best({"encode": theirs, **ways}, rounds)
    return {way: spent / len(asked) for way, spent in times.items()}


def _one(fast: TextEncoder, text: str) -> object:
    return fast.encode_texts([text])


def from_memory() -> dict[str, float]:
    """Milliseconds to find the vector of a text that was asked for before."""
    key = query_cache.Key("benchmark", "benchmark", "a dog on a beach")
    query_cache.put({key: np.ones(512, np.float32)})

    def from_redis() -> None:
        query_cache.forget()
        assert key in query_cache.get([key])

    redis = sorted(milliseconds(from_redis) for _ in range(500))
    here = sorted(milliseconds(lambda: query_cache.get([key])) for _ in range(500))
    return {"in the process": here[495], "in Redis": redis[495]}


def memory_of_a_worker(variant: Path) -> int:
    """MB at the highest, of a process that embeds with the fast path as the worker does."""
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.embedding_process", str(MODEL), str(variant)],
        capture_output=True,
        check=True,
    )
    return int(said.stdout)


def judged(towers: WholeModelExport) -> str:
    """The gate's figures, and what it chose. Where the texts do not pass beside pictures in
    integers, those of texts beside pictures in full precision are shown.
    """
    card = towers.choose()
    gate = card.gate
    rows = [
        [tower, name, *(str(figures[key]) for key in ("cosine", "overlap", "passes"))]
        for tower, tried in gate.items()
        for name, figures in tried.items()
    ]
    return f"Serve: pictures {card.visual}, texts {card.text}.\n\n" + table(
        ["tower", "variant", "mean cosine", "overlap", "passes"], rows
    )


def row(way: str, spent: float, *rivals: tuple[str, float]) -> list[str]:
    return [way, f"{spent:.1f}", ", ".join(f"{ms / spent:.1f} × {name}" for name, ms in rivals)]


def report(scratch: Path, count: int, rounds: int) -> None:
    reference = SentenceTransformerEncoder(ModelFolder("vit", vit_b_32(MODEL)))
    model, towers = reference.model, WholeModelExport(reference, scratch)
    variants = towers.variants
    print(f"Commit {revision()}.\n\n{judged(towers)}\n")
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
    text_ways: dict[str, TextEncoder] = {
        "int8": fast,
        "int8, two threads": OnnxTextEncoder(variants.folder("int8"), two_threads),
    }
    texts = from_texts(model, text_ways | {one: variants.make(one) for one in finer}, rounds)
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
    print(table(["way", "ms each", "times as fast as"], rows), "\n")
    shares = ", ".join(f"{way} {texts[way] / encode[1]:.2f}" for way in ("int8", *others))
    print(f"Text, share of `encode`'s time: {shares}.")
    for where, spent in from_memory().items():
        print(f"A text asked for before, found {where}: p99 {spent:.3f} ms.")
    memory = memory_of_a_worker(variants.folder("int8"))
    print(f"Embedding process, highest resident memory: {memory} MB.")
    ceiling, reached = sgemm(), GFLOP_A_PICTURE * 1000 / shown["ours"]
    print(f"SGEMM {ceiling:.0f} GFLOP/s; ONNX int8 from preview to vector {reached:.0f} GFLOP/s, "
          f"{reached / ceiling:.0%}; batched `encode` "
          f"{GFLOP_A_PICTURE * 1000 / shown['batched'] / ceiling:.0%}.")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=4)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(
        dir=MODEL.parent if MODEL.parent.exists() else None
    ) as scratch:
        report(Path(scratch), given.pictures, given.rounds)


if __name__ == "__main__":
    main()
