"""Scenes to be judged on: their seeds, backdrops and positions occur in no training batch."""

import random

from tools.scenes.layout import any_backdrop, arrange
from tools.scenes.scene import Scene


def single_scenes(things: int, seed: str) -> list[Scene]:
    """One picture of each thing, in order."""
    rng = random.Random(f"held out/{seed}")
    return [arrange(rng, [thing], "single", any_backdrop(rng)) for thing in range(things)]
