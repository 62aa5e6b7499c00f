"""Encoding search texts with a pair of models: ONNX Runtime and torch, each in its own process.

    python -m benchmarks.models.two_models

The text model has the shape of clip-ViT-B-32-multilingual-v1 and random weights, so costs are real
and results mean nothing. The processes alternate, and the best of each counts.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
django.setup()

from benchmarks.data.random_clip import COMMIT, make_vit_b_32  # noqa: E402
from benchmarks.data.random_text_model import make_multilingual  # noqa: E402
from benchmarks.protocol import revision, sgemm, table  # noqa: E402
from gallery.encoders.model.fingerprint import fingerprint_of  # noqa: E402
from gallery.encoders.model.folder import ModelFolder  # noqa: E402
from gallery.encoders.onnx.card import TextCard  # noqa: E402
from gallery.encoders.onnx.export_folder import read_card, text_export_folder  # noqa: E402
from gallery.encoders.onnx_export.export import export_texts  # noqa: E402

_KEPT = Path("var/bench").resolve()
TEXTS, PICTURES, MODELS = (_KEPT / name for name in ("multilingual", "vit-b-32", "models"))
BACKENDS = {"torch": "torch", "**ONNX Runtime**": "auto"}
DIGITS = {"ms": 1, "start": 1, "now": 0, "peak": 0}


def export_if_needed() -> TextCard:
    """The variant that the site's export chooses, in the folder where the processes look."""
    model = ModelFolder(str(TEXTS), TEXTS, COMMIT)
    export_folder = text_export_folder(fingerprint_of(model))
    folder = MODELS / "onnx" / export_folder.path.name
    return read_card(folder, export_folder) or export_texts(model, folder)


def run_process(backend: str, rounds: int) -> dict[str, Any]:
    """The figures of one process. ``start`` is the time to the first vector in seconds."""
    program = [sys.executable, "-m", "benchmarks.searching_process"]
    started = time.perf_counter()
    with subprocess.Popen(
        [*program, str(TEXTS), str(PICTURES), str(MODELS), str(rounds)],
        env={**os.environ, "GALLERY_ENCODER_BACKEND": backend},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        start = time.perf_counter() - started
        figures: dict[str, Any] = {"start": start, **json.loads(process.stdout.readline())}
    assert figures["torch"] == (backend == "torch")
    return figures


def report(turns: int, rounds: int) -> None:
    make_vit_b_32(PICTURES)
    make_multilingual(TEXTS)
    card = export_if_needed()
    print(f"Commit {revision()}. SGEMM {sgemm():.0f} GFLOP/s. In use: {card.text}.\n")
    columns = ("cosine", "overlap", "passes")
    variants = [
        [name, *(str(figures[key]) for key in columns)]
        for name, figures in card.gate["texts"].items()
    ]
    print(table(["variant", "mean cosine", "overlap", "passes"], variants), "\n")
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in BACKENDS}
    for _ in range(turns):
        for name, backend in BACKENDS.items():
            runs[name].append(run_process(backend, rounds))
    rows = [
        [name, *(f"{min(run[key] for run in own):.{digits}f}" for key, digits in DIGITS.items())]
        for name, own in runs.items()
    ]
    header = ["library", "text → vector, ms", "start to first vector, s", "MB", "MB at the peak"]
    print(table(header, rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    report(options.turns, options.rounds)


if __name__ == "__main__":
    main()
