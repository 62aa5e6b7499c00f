"""A search by words through two models: the fast path against torch, each in its own process.

    python -m benchmarks.two_models

The text model has the true shape of clip-ViT-B-32-multilingual-v1 and random weights: costs are
real, meaning is not. Processes take turns, and the best of each counts.
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

from benchmarks.protocol import revision, sgemm, table  # noqa: E402
from benchmarks.random_clip import COMMIT, vit_b_32  # noqa: E402
from benchmarks.random_texts import multilingual  # noqa: E402
from gallery.encoders.model.fingerprint import fingerprint_of  # noqa: E402
from gallery.encoders.model.folder import ModelFolder  # noqa: E402
from gallery.encoders.onnx import files  # noqa: E402
from gallery.encoders.onnx_export.export import export_texts  # noqa: E402

_KEPT = Path("var/bench").resolve()
TEXTS, PICTURES, MODELS = (_KEPT / name for name in ("multilingual", "vit-b-32", "models"))
WAYS = {"torch": "torch", "**ONNX Runtime**": "auto"}
DIGITS = {"ms": 1, "start": 1, "now": 0, "highest": 0}


def exported() -> files.TextCard:
    """What the site's own export chooses, where the processes look for it."""
    model = ModelFolder(str(TEXTS), TEXTS, COMMIT)
    place = files.text_export_folder(fingerprint_of(model))
    folder = MODELS / "onnx" / place.path.name
    return files.read_card(folder, place) or export_texts(model, folder)


def searched(backend: str, rounds: int) -> dict[str, Any]:
    """One process from its start to its end; ``start`` is the seconds to the first vector."""
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
        said: dict[str, Any] = {"start": start, **json.loads(process.stdout.readline())}
    assert said["torch"] == (backend == "torch")
    return said


def report(turns: int, rounds: int) -> None:
    vit_b_32(PICTURES), multilingual(TEXTS)
    card = exported()
    print(f"Commit {revision()}. SGEMM {sgemm():.0f} GFLOP/s. {card.text} serves.\n")
    judged = ("cosine", "overlap", "passes")
    tried = [
        [name, *(str(figures[key]) for key in judged)]
        for name, figures in card.gate["texts"].items()
    ]
    print(table(["variant", "mean cosine", "overlap", "passes"], tried), "\n")
    seen: dict[str, list[dict[str, Any]]] = {way: [] for way in WAYS}
    for _ in range(turns):
        for way, backend in WAYS.items():
            seen[way].append(searched(backend, rounds))
    rows = [
        [way, *(f"{min(run[key] for run in runs):.{digits}f}" for key, digits in DIGITS.items())]
        for way, runs in seen.items()
    ]
    header = ["by", "text → vector, ms", "start to first vector, s", "MB", "MB at the highest"]
    print(table(header, rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    report(given.turns, given.rounds)


if __name__ == "__main__":
    main()
