"""Train the picture tower of the built-in encoder to tell photographs from drawings.

    python -m tools.train_on_unfamiliar_pictures --pictures FOLDER ...

The folders have photographs, textures and screenshots, which are not part of the repository. None
of them may be among the pictures that `tools.calibrate_builtin_encoder` measures with. The
committed model was trained with the pictures of the Debian packages mate-backgrounds,
gnome-backgrounds, lomiri-wallpapers (also -16.04 and -20.04), plasma-workspace-wallpapers,
ukui-wallpapers, stellarium-data, kstars-data (the handbook in English) and supertuxkart-data
(tracks, textures, library).

This is the third stage, after tools.train_on_reworded_captions. It trains only the picture tower
(`tools/training/fine_tuning/unfamiliar_pictures.py`) and writes the running mean of the weights to
--out.
"""

import argparse
from pathlib import Path

import torch
from torch import nn
from tqdm import tqdm

from tools.training.batches import batches
from tools.training.export import export
from tools.training.fine_tuning.trainable_tower import read, update_average, weights_of
from tools.training.fine_tuning.unfamiliar_pictures import (
    Teacher,
    UnfamiliarPictures,
    plain_colours,
)
from tools.training.optimizers import Optimizers, share_of_peak
from tools.training.validation import Validation

BUILTIN = Path(__file__).resolve().parent.parent / "gallery/encoders/builtin"
SEED, BATCH, PLAIN, UNFAMILIAR, EVERY = 13, 160, 24, 96, 100
MAX_GRADIENT_NORM = 1.0
DECAY = 0.98


def train(
    source: Path, start: Path, out: Path, folders: list[Path], *, steps: int, rate: float
) -> None:
    """Start from the weights in `start`. The teacher is the model in `source`."""
    torch.manual_seed(SEED)
    model, tokenizer = read(start, "vision"), source / "tokenizer.json"
    model.train()
    validation = Validation(tokenizer, SEED)
    teacher = Teacher(read(source, "vision"), validation.pixels)
    unfamiliar = UnfamiliarPictures(folders, SEED)
    print(f"{len(unfamiliar.parts)} parts of unfamiliar pictures", flush=True)
    optimizers = Optimizers(model, nn.Module(), rate)
    average = weights_of(model)
    scenes = batches(SEED, BATCH, tokenizer, range(steps))
    for batch in tqdm(scenes, total=steps, unit="step", mininterval=10):
        drawn, plain = torch.from_numpy(batch.pixels), plain_colours(batch.step, PLAIN)
        others = unfamiliar.make(batch.step, UNFAMILIAR)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = teacher.loss(model, torch.cat([drawn, plain]), others)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), MAX_GRADIENT_NORM)
        optimizers.step(share_of_peak(batch.step, steps))
        update_average(average, model, decay=DECAY)
        if (batch.step + 1) % EVERY == 0 or batch.step + 1 == steps:
            export(model.config, average, tokenizer, out)
            recall = validation.measure(average)
            tqdm.write(f"step {batch.step + 1} loss {float(loss.detach()):.3f} {recall}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=Path, nargs="+", required=True)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--source", type=Path, default=BUILTIN)
    parser.add_argument("--start", type=Path, help="initial weights (default: those of --source)")
    parser.add_argument("--out", type=Path, default=BUILTIN)
    parser.add_argument("--rate", type=float, default=4e-4, help="the highest learning rate")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    start = options.start or options.source
    train(
        options.source, start, options.out, options.pictures, steps=options.steps, rate=options.rate
    )


if __name__ == "__main__":
    main()
