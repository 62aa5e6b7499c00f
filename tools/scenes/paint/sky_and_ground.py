"""Skies and layers of ground, which all settings are composed of."""

import random

import numpy as np

from tools.scenes.colours import Rgb
from tools.scenes.paint.canvas import Canvas, below, cloud, vertical_gradient

DAY_SKIES: tuple[tuple[Rgb, Rgb], ...] = (
    ((120, 190, 240), (222, 240, 250)),
    ((95, 170, 232), (205, 232, 248)),
    ((150, 205, 240), (250, 240, 225)),
)


def day_sky(width: int, height: int, rng: random.Random, clouds: int = 3) -> Canvas:
    canvas = vertical_gradient(width, height, *rng.choice(DAY_SKIES))
    for _ in range(rng.randint(0, clouds)):
        size = height * rng.uniform(0.07, 0.15)
        cloud(canvas, rng, rng.uniform(0, width), height * rng.uniform(0.08, 0.32), size)
    return canvas


def layer(canvas: Canvas, outline: Canvas, top: Rgb, bottom: Rgb) -> None:
    height, width = canvas.shape[:2]
    start = min(height - 1, max(0, int(float(outline.min()) * height)))
    ground = np.empty_like(canvas)
    ground[:start] = top
    ground[start:] = vertical_gradient(width, height - start, top, bottom)
    canvas += below(canvas, outline.astype(np.float64))[..., None] * (ground - canvas)
