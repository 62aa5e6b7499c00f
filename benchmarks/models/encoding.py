"""Measure the encoding of pictures and texts, beside sentence-transformers in the same run.

    python -m searchsite.local.sandbox -- python -m benchmarks.models.encoding

The model has the architecture of ViT-B/32 and random weights, so costs are real and results mean
nothing. The rounds of all methods alternate and the best round of each counts, because the machine
may have other work.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
django.setup()

from benchmarks.data.random_clip import make_vit_b_32  # noqa: E402
from benchmarks.models.encoding_times import (  # noqa: E402
    from_cache,
    from_originals,
    from_previews,
    from_texts,
)
from benchmarks.protocol import revision, sgemm, table  # noqa: E402
from gallery.encoders.base import TextEncoder  # noqa: E402
from gallery.encoders.model.folder import ModelFolder  # noqa: E402
from gallery.encoders.onnx import files  # noqa: E402
from gallery.encoders.onnx.text_encoder import OnnxTextEncoder  # noqa: E402
from gallery.encoders.onnx_export.whole_model import WholeModelExport  # noqa: E402
from gallery.encoders.reference.encoder import ReferenceEncoder  # noqa: E402

MODEL = Path("var/bench/vit-b-32")
# Multiplications and additions for one picture in the visual tower of ViT-B/32.
GFLOP_A_PICTURE = 8.73


def memory_of_a_worker(variant: Path) -> int:
    """Peak memory in MB of a process that embeds with ONNX Runtime like the worker."""
    result = subprocess.run(
        [sys.executable, "-m", "benchmarks.models.embedding_process", str(MODEL), str(variant)],
        capture_output=True,
        check=True,
    )
    return int(result.stdout)


def gate_report(towers: WholeModelExport) -> str:
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


def picture_rows(previews: dict[str, float], originals: dict[str, float]) -> list[list[str]]:
    one_by_one, batched = ("one by one", previews["one by one"]), ("batched", previews["batched"])
    in_full = ("decoded in full", originals["full decoding"])
    return [
        row("preview → vector, `encode` one by one", previews["one by one"]),
        row("preview → vector, `encode`, batches of 32", previews["batched"], one_by_one),
        row("preview → vector, ONNX fp32", previews["ours, fp32"], one_by_one, batched),
        row("**preview → vector, ONNX int8**", previews["ours"], one_by_one, batched),
        row("12 MP JPEG → vector, decoded in full, `encode`", originals["full decoding"]),
        row("**12 MP JPEG → vector, as dropped**", originals["dropped"], in_full),
        row("12 MP JPEG → vector, as uploaded", originals["uploaded"], in_full),
    ]


def text_rows(texts: dict[str, float]) -> list[list[str]]:
    encode = ("`encode`", texts["encode"])
    others = [name for name in texts if name not in ("encode", "int8")]
    return [
        row("text → vector, `encode`", texts["encode"]),
        row("**text → vector, ONNX int8**", texts["int8"], encode),
        *(row(f"text → vector, ONNX {name}", texts[name], encode) for name in others),
    ]


def shares_of_sgemm(previews: dict[str, float]) -> str:
    limit = sgemm()
    ours, batched = (GFLOP_A_PICTURE * 1000 / previews[name] for name in ("ours", "batched"))
    return (
        f"SGEMM {limit:.0f} GFLOP/s; ONNX int8 from preview to vector {ours:.0f} GFLOP/s, "
        f"{ours / limit:.0%}; batched `encode` {batched / limit:.0%}."
    )


def report(scratch: Path, count: int, rounds: int) -> None:
    reference = ReferenceEncoder(ModelFolder("vit", make_vit_b_32(MODEL)))
    model, towers = reference.model, WholeModelExport(reference, scratch)
    variants = towers.variants
    print(f"Commit {revision()}.\n\n{gate_report(towers)}\n")
    fast, full = variants.make("int8"), variants.make("fp32")
    folder = variants.folder("int8")
    replace(towers.card, sizes=files.sizes_in(folder)).write(folder)
    previews = from_previews(model, {"ours": fast, "ours, fp32": full}, count, rounds)
    originals = from_originals(model, fast, rounds)
    methods: dict[str, TextEncoder] = {
        "int8": fast,
        "int8, two threads": OnnxTextEncoder(folder, replace(towers.card, text_threads=2)),
        **{name: variants.make(name) for name in ("int8-attention", "int8-fine")},
    }
    texts = from_texts(model, methods, rounds)
    rows = [*picture_rows(previews, originals), *text_rows(texts)]
    print(table(["method", "ms each", "times as fast as"], rows), "\n")
    shares = ", ".join(f"{name} {texts[name] / texts['encode']:.2f}" for name in methods)
    print(f"Texts, share of the time of `encode`: {shares}.")
    for where, spent in from_cache().items():
        print(f"A cached text, found {where}: p99 {spent:.3f} ms.")
    print(f"Embedding process, peak resident memory: {memory_of_a_worker(folder)} MB.")
    print(shares_of_sgemm(previews))


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
