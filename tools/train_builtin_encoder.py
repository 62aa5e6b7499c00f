"""Train the bilingual encoder that is part of the gallery, and write it in CLIP's format.

    python -m tools.train_builtin_encoder --steps 1450

Scenes are drawn with Noto Color Emoji during training, with captions in English and Chinese, so
nothing is downloaded. Needs the Debian packages fonts-noto-color-emoji and unicode-cldr-core. A
stopped run resumes at its last checkpoint; --no-resume starts again. Every checkpoint also
replaces the model in --out.

This is the first of three stages. Run tools.train_on_reworded_captions and
tools.train_on_unfamiliar_pictures next, and then tools.calibrate_builtin_encoder.
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
    options = parser.parse_args()
    run = Run(
        steps=options.steps,
        seed=options.seed,
        out=options.out,
        state=options.state,
        resume=options.resume,
        batch=options.batch,
        peak_rate=options.rate,
        every=options.every,
    )
    return run, options.threads


def main() -> None:
    run, threads = parse()
    torch.set_num_threads(threads)
    Trainer(run).train()


if __name__ == "__main__":
    main()
