"""Teaches the picture tower that it does not know everything: photographs away from all drawings.

What it knows must come out where the tower as it is (teacher, frozen) has it. Parts of pictures
from outside must not come near any drawing, and must lie to one another as they did before, so
that a copy of a photograph still finds the photograph.
"""

import copy
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageOps
from torch import Tensor, nn
from transformers import CLIPModel

from tools.training.batches import IMAGE_SIZE
from tools.training.degrade import degrade
from tools.training.model import embed_pictures

Pixels = npt.NDArray[np.uint8]

SMALLEST = 200  # pixels of the shorter side; below that it is an icon, which is a drawing
LARGE = 1000
PARTS_OF_LARGE, PARTS = 40, 3
NOISE = 0.05
# A cosine that any two pictures may have; and how many of the nearest drawings are pushed away.
ALLOWED, NEAREST = 0.1, 16


def parts_of_pictures(folders: Sequence[Path]) -> Pixels:
    """(n, 96, 96, 3), squashed as the image processor does; no icons, no pictures with holes."""
    rng = random.Random("unfamiliar")
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.is_file())
    parts = [part for file in files for part in _parts(file, rng)]
    return np.stack(parts)


def _parts(file: Path, rng: random.Random) -> Iterator[Pixels]:
    if file.suffix.lower() not in {".jpg", ".jpeg", ".png", ".webp"}:
        return
    with Image.open(file) as opened:
        if min(opened.size) < SMALLEST or opened.mode in {"RGBA", "LA", "P"}:
            return
        opened.draft("RGB", (LARGE, LARGE))
        picture = opened.convert("RGB")
    for _ in range(PARTS_OF_LARGE if min(picture.size) >= LARGE else PARTS):
        share = rng.uniform(0.3, 1.0)
        wide, tall = (max(1, round(side * share)) for side in picture.size)
        left, top = rng.randint(0, picture.width - wide), rng.randint(0, picture.height - tall)
        box = (left, top, left + wide, top + tall)
        small = picture.resize((IMAGE_SIZE, IMAGE_SIZE), Image.Resampling.BICUBIC, box)
        yield np.asarray(small)


def plain_colours(step: int, size: int) -> Tensor:
    """(size, 96, 96, 3): one colour each, or two that run into each other. They are nothing that
    was drawn, and are known all the same: "a red background".
    """
    rng = np.random.default_rng(step)
    made = []
    for _ in range(size):
        colours = rng.integers(0, 256, (int(rng.integers(1, 3)), 1, 3), dtype=np.uint8)
        picture = Image.fromarray(colours).resize((IMAGE_SIZE, IMAGE_SIZE))
        made.append(np.asarray(picture.rotate(90 * int(rng.integers(0, 4)))))
    return torch.from_numpy(np.stack(made))


class Strangers:
    def __init__(self, folders: Sequence[Path], seed: int) -> None:
        self.parts, self.seed = parts_of_pictures(folders), seed

    def make(self, step: int, size: int) -> Tensor:
        """A function of the seed and the step alone."""
        rng = random.Random(f"strangers/{self.seed}/{step}")
        return torch.from_numpy(np.stack([self._one(rng) for _ in range(size)]))

    def _one(self, rng: random.Random) -> Pixels:
        if rng.random() < NOISE:
            noise = np.random.default_rng(rng.getrandbits(32))
            shape = (IMAGE_SIZE, IMAGE_SIZE, 3)
            return noise.integers(0, 256, shape, dtype=np.uint8)
        picture = Image.fromarray(self.parts[rng.randrange(len(self.parts))])
        picture = ImageOps.mirror(picture) if rng.random() < 0.5 else picture
        return np.asarray(degrade(picture, rng))


class Teacher:
    """`known` are pixels of drawings that strangers are kept away from."""

    def __init__(self, model: CLIPModel, known: Tensor) -> None:
        self.tower = copy.deepcopy(model).requires_grad_(False)
        with torch.no_grad():
            parts = torch.split(known, 256)
            self.drawings = torch.cat([embed_pictures(self.tower, part) for part in parts])

    def loss(self, model: CLIPModel, known: Tensor, strange: Tensor) -> Tensor:
        with torch.no_grad():
            before = embed_pictures(self.tower, torch.cat([known, strange]))
        now = embed_pictures(model, torch.cat([known, strange]))
        meant, was = before[: len(known)], before[len(known) :]
        seen, stranger = now[: len(known)], now[len(known) :]
        kept = 1 - (seen * meant).sum(dim=1).mean()
        among = nn.functional.cross_entropy(30 * seen @ meant.T, torch.arange(len(known)))
        near = (stranger @ torch.cat([self.drawings, meant]).T).topk(NEAREST, dim=1).values
        close = nn.functional.relu(near - ALLOWED).mean()
        likeness = nn.functional.mse_loss(stranger @ stranger.T, was @ was.T)
        return 8 * kept + among + 4 * close + 8 * likeness
