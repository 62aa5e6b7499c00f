"""Scenes for evaluation: their seeds, backdrops and positions occur in no training batch."""

import random

from tools.scenes.layout import any_backdrop, arrange
from tools.scenes.scene import Scene


def single_scenes(things: int, seed: str) -> list[Scene]:
    """One scene for each thing, in the order of the things."""
    rng = random.Random(f"held out/{seed}")
    return [arrange(rng, [thing], "single", any_backdrop(rng)) for thing in range(things)]
