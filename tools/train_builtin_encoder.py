"""Trains the bilingual encoder that comes with the gallery, and writes it in CLIP's format.

    python -m tools.train_builtin_encoder --steps 1450

Scenes are drawn from Noto Color Emoji on the fly, with captions in English and Chinese, so there
is nothing to download; it needs the Debian packages fonts-noto-color-emoji and
unicode-cldr-core. A run that was stopped goes on from its last checkpoint; --no-resume starts over.
Every checkpoint also replaces the model in --out. Afterwards tools/reword_builtin_encoder.py and
tools/calibrate_builtin_encoder.py have their turns.
"""

import argparse
from pathlib import Path

import torch

from tools.training.loop import Run, Trainer

ROOT = Path(__file__).resolve().parent.parent


def parse() -> tuple[Run, int]:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=1450, help="length of the whole schedule")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=ROOT / "gallery/encoders/builtin")
    parser.add_argument("--state", type=Path, default=ROOT / "var/training", help="checkpoints")
    parser.add_argument("--resume", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--rate", type=float, default=1e-3, help="the highest learning rate")
    parser.add_argument("--every", type=int, default=100, help="steps between checkpoints")
    given = parser.parse_args()
    run = Run(
        steps=given.steps,
        seed=given.seed,
        out=given.out,
        state=given.state,
        resume=given.resume,
        batch=given.batch,
        peak_rate=given.rate,
        every=given.every,
    )
    return run, given.threads


def main() -> None:
    run, threads = parse()
    torch.set_num_threads(threads)
    Trainer(run).train()


if __name__ == "__main__":
    main()
