"""Train the text tower of the built-in encoder to understand unfamiliar phrasings.

    python -m tools.train_on_reworded_captions --steps 1700

This is the second stage, after tools.train_builtin_encoder. It reads a model, trains only its text
tower (`tools/training/fine_tuning/reworded_captions.py`) and writes the running mean of the
weights to --out. Needs the package `wordfreq`.
"""

import argparse
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import nn
from tqdm import tqdm

from tools.scenes.sprites import load_sprites
from tools.training.export import export
from tools.training.fine_tuning.reworded_captions import LANGUAGES, Lessons, Teacher
from tools.training.fine_tuning.trainable_tower import read, update_average, weights_of
from tools.training.optimizers import Optimizers, share_of_peak
from tools.training.tokens import CONTEXT
from tools.training.validation import Validation

BUILTIN = Path(__file__).resolve().parent.parent / "gallery/encoders/builtin"
SEED, BATCH, EVERY = 11, 320, 200
MAX_GRADIENT_NORM = 1.0
DECAY = 0.99


def train(source: Path, out: Path, *, steps: int, rate: float) -> None:
    torch.manual_seed(SEED)
    model, tokenizer = read(source, "text"), Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.enable_truncation(CONTEXT)
    model.train()
    validation = Validation(source / "tokenizer.json", SEED)
    teacher = Teacher(model, tokenizer, validation.pixels)
    lessons = Lessons(load_sprites(), SEED, teacher)
    optimizers = Optimizers(model, nn.Module(), rate)
    average = weights_of(model)
    for step in tqdm(range(steps), unit="step", mininterval=10):
        loss = torch.zeros(())
        for language in LANGUAGES:
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = loss + teacher.loss(model, lessons.make(step, BATCH, language))
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), MAX_GRADIENT_NORM)
        optimizers.step(share_of_peak(step, steps))
        update_average(average, model, decay=DECAY)
        if (step + 1) % EVERY == 0 or step + 1 == steps:
            export(model.config, average, source / "tokenizer.json", out)
            recall = validation.measure(average)
            tqdm.write(f"step {step + 1} loss {float(loss.detach()):.3f} {recall}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=1700)
    parser.add_argument("--source", type=Path, default=BUILTIN)
    parser.add_argument("--out", type=Path, default=BUILTIN)
    parser.add_argument("--rate", type=float, default=4e-4, help="the highest learning rate")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    train(options.source, options.out, steps=options.steps, rate=options.rate)


if __name__ == "__main__":
    main()
