"""Backdrops that are painted once and reused: painting one takes longer than training on it."""

import random

from PIL import Image, ImageOps

from tools.scenes.backdrops import Backdrop, paint
from tools.scenes.colours import COLOURS
from tools.scenes.settings import SETTINGS

SIDE = 120
PER_SETTING, PER_COLOUR = 70, 90
# Backdrops are painted in these proportions and squashed, like the pictures themselves.
SIZES = ((120, 120), (160, 120), (180, 120), (120, 160))


class BackdropLibrary:
    def __init__(self, seed: int) -> None:
        rng = random.Random(f"backdrops/{seed}")
        kinds = [(Backdrop(setting=setting.key), PER_SETTING) for setting in SETTINGS]
        kinds += [(Backdrop(colour=index), PER_COLOUR) for index in range(len(COLOURS))]
        self._painted = {
            backdrop: [
                paint(backdrop, rng.choice(SIZES), rng).resize((SIDE, SIDE)) for _ in range(many)
            ]
            for backdrop, many in kinds
        }

    def pick(self, backdrop: Backdrop, side: int, rng: random.Random) -> Image.Image:
        """A new RGB picture, side x side pixels: part of a painted backdrop, sometimes mirrored."""
        whole = rng.choice(self._painted[backdrop])
        cut = rng.randint(100, SIDE)
        left, top = rng.randint(0, SIDE - cut), rng.randint(0, SIDE - cut)
        box = (left, top, left + cut, top + cut)
        picture = whole.resize((side, side), Image.Resampling.BILINEAR, box)
        return ImageOps.mirror(picture) if rng.random() < 0.5 else picture
