"""Teach the picture tower to keep photographs away from all drawings.

The teacher is a frozen copy of the picture tower. Drawings must keep the vectors that the teacher
gives them. Unfamiliar pictures, parts of photographs for example, must not come near any drawing,
and must keep their similarities to one another, so that a copy of a photograph still finds the
photograph.
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

SMALLEST = 200  # pixels of the shorter side; smaller pictures are icons, which are drawings
LARGE = 1000
PARTS_OF_LARGE, PARTS = 40, 3
NOISE = 0.05
# The cosine to a drawing that is allowed, and how many of the nearest drawings are pushed away.
ALLOWED, NEAREST = 0.1, 16


def parts_of_pictures(folders: Sequence[Path]) -> Pixels:
    """(n, 96, 96, 3), squashed like the image processor does it.

    Icons and pictures with transparency or a palette are left out.
    """
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
    """(size, 96, 96, 3): pictures of one colour, or of two with a gradient between them.

    They show no thing, but the encoder must know them: "a red background".
    """
    rng = np.random.default_rng(step)
    pictures = []
    for _ in range(size):
        colours = rng.integers(0, 256, (int(rng.integers(1, 3)), 1, 3), dtype=np.uint8)
        picture = Image.fromarray(colours).resize((IMAGE_SIZE, IMAGE_SIZE))
        pictures.append(np.asarray(picture.rotate(90 * int(rng.integers(0, 4)))))
    return torch.from_numpy(np.stack(pictures))


class UnfamiliarPictures:
    def __init__(self, folders: Sequence[Path], seed: int) -> None:
        self.parts, self.seed = parts_of_pictures(folders), seed

    def make(self, step: int, size: int) -> Tensor:
        """uint8 (size, 96, 96, 3). The pictures depend only on the seed and the step."""
        # The committed model was trained with this seed; another string gives other pictures.
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
    """`known` are pixels of drawings that unfamiliar pictures must stay away from."""

    def __init__(self, model: CLIPModel, known: Tensor) -> None:
        self.tower = copy.deepcopy(model).requires_grad_(False)
        with torch.no_grad():
            parts = torch.split(known, 256)
            self.drawings = torch.cat([embed_pictures(self.tower, part) for part in parts])

    def loss(self, model: CLIPModel, known: Tensor, unfamiliar: Tensor) -> Tensor:
        with torch.no_grad():
            before = embed_pictures(self.tower, torch.cat([known, unfamiliar]))
        now = embed_pictures(model, torch.cat([known, unfamiliar]))
        targets, others_before = before[: len(known)], before[len(known) :]
        drawings, others = now[: len(known)], now[len(known) :]
        moved = 1 - (drawings * targets).sum(dim=1).mean()
        own = torch.arange(len(known))
        contrastive = nn.functional.cross_entropy(30 * drawings @ targets.T, own)
        nearest = (others @ torch.cat([self.drawings, targets]).T).topk(NEAREST, dim=1).values
        too_near = nn.functional.relu(nearest - ALLOWED).mean()
        changed = nn.functional.mse_loss(others @ others.T, others_before @ others_before.T)
        return 8 * moved + contrastive + 4 * too_near + 8 * changed
