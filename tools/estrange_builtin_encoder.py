"""Teaches the built-in encoder's picture tower that photographs are not drawings.

    python -m tools.estrange_builtin_encoder --pictures FOLDER ...

FOLDERs hold photographs, textures and screenshots; none of them goes into the repository, and none
of them may be among those that `tools.calibrate_builtin_encoder` measures with. The committed model
saw the pictures of the Debian packages mate-backgrounds, gnome-backgrounds, lomiri-wallpapers
(also -16.04 and -20.04), plasma-workspace-wallpapers, ukui-wallpapers, stellarium-data,
kstars-data (the handbook in English) and supertuxkart-data (tracks, textures, library).

Trains the picture tower alone (`tools/training/unfamiliar.py`) and writes the running mean of the
weights to --out.
"""

import argparse
from pathlib import Path

import torch
from torch import nn
from tqdm import tqdm

from tools.training.batches import batches
from tools.training.export import export
from tools.training.optimizers import Optimizers, share_of_peak
from tools.training.stored import read, remember, weights_of
from tools.training.unfamiliar import Strangers, Teacher, plain_colours
from tools.training.validation import Validation

BUILTIN = Path(__file__).resolve().parent.parent / "gallery/encoders/builtin"
SEED, BATCH, PLAIN, STRANGERS, EVERY = 13, 160, 24, 96, 100
LONGEST_GRADIENT = 1.0
MEMORY = 0.98


def train(
    source: Path, start: Path, out: Path, folders: list[Path], *, steps: int, rate: float
) -> None:
    """From the weights in `start`; the teacher is the model in `source`."""
    torch.manual_seed(SEED)
    model, tokenizer = read(start, "vision"), source / "tokenizer.json"
    model.train()
    validation = Validation(tokenizer, SEED)
    teacher = Teacher(read(source, "vision"), validation.pixels)
    strangers = Strangers(folders, SEED)
    print(f"{len(strangers.parts)} parts of pictures from outside", flush=True)
    optimizers = Optimizers(model, nn.Module(), rate)
    average = weights_of(model)
    scenes = batches(SEED, BATCH, tokenizer, range(steps))
    for batch in tqdm(scenes, total=steps, unit="step", mininterval=10):
        drawn, plain = torch.from_numpy(batch.pixels), plain_colours(batch.step, PLAIN)
        strange = strangers.make(batch.step, STRANGERS)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = teacher.loss(model, torch.cat([drawn, plain]), strange)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), LONGEST_GRADIENT)
        optimizers.step(share_of_peak(batch.step, steps))
        remember(average, model, memory=MEMORY)
        if (batch.step + 1) % EVERY == 0 or batch.step + 1 == steps:
            export(model.config, average, tokenizer, out)
            found = validation.measure(model, average)
            tqdm.write(f"step {batch.step + 1} loss {float(loss.detach()):.3f} {found}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=Path, nargs="+", required=True)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--source", type=Path, default=BUILTIN)
    parser.add_argument("--start", type=Path, help="weights to go on from, else the source's")
    parser.add_argument("--out", type=Path, default=BUILTIN)
    parser.add_argument("--rate", type=float, default=4e-4, help="the highest learning rate")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    start = given.start or given.source
    train(given.source, start, given.out, given.pictures, steps=given.steps, rate=given.rate)


if __name__ == "__main__":
    main()
