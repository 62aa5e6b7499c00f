"""Paint settings with water: the beach, the sea, under water, and rain."""

import random

import numpy as np

from tools.scenes.colours import Rgb
from tools.scenes.paint.canvas import (
    Canvas,
    below,
    blend,
    cloud,
    ellipse,
    glow,
    vertical_gradient,
    waves,
)
from tools.scenes.paint.sky_and_ground import day_sky, layer


def _sea_band(canvas: Canvas, rng: random.Random, top: float, deep: Rgb, near: Rgb) -> None:
    width = canvas.shape[1]
    layer(canvas, waves(width, rng, top, 0.0005, 2), deep, near)
    height = canvas.shape[0]
    for _ in range(14):
        y = height * rng.uniform(top + 0.02, 1.0)
        nearness = (y / height - top) / (1 - top + 1e-6)
        streak = ellipse(
            canvas,
            rng.uniform(0, width),
            y,
            width * (0.03 + 0.09 * nearness),
            max(0.6, height * 0.004),
            soft=1.5,
        )
        blend(canvas, streak * 0.35, (255, 255, 255))


def beach(width: int, height: int, horizon: float, rng: random.Random) -> Canvas:
    canvas = day_sky(width, height, rng)
    _sea_band(canvas, rng, horizon - rng.uniform(0.12, 0.24), (58, 150, 205), (120, 210, 220))
    shore = waves(width, rng, horizon, 0.012, 1.2)
    blend(canvas, below(canvas, shore.astype(np.float64) - 0.018), (245, 252, 252))
    layer(canvas, shore, (247, 226, 178), (232, 200, 140))
    return canvas


def sea(width: int, height: int, horizon: float, rng: random.Random) -> Canvas:
    canvas = day_sky(width, height, rng)
    _sea_band(canvas, rng, horizon - 0.06, (40, 120, 185), (25, 85, 150))
    for i in range(3):
        line = waves(width, rng, horizon + 0.12 + 0.14 * i, 0.012, 4 - i)
        shade = 1 - 0.1 * i
        layer(canvas, line, (60 * shade, 145 * shade, 205 * shade), (28, 95, 160))
    return canvas


def underwater(width: int, height: int, horizon: float, rng: random.Random) -> Canvas:
    canvas = vertical_gradient(width, height, (110, 210, 225), (40, 140, 190), (15, 70, 130))
    for _ in range(4):
        x = rng.uniform(0, width)
        beam = glow(canvas, x, 0, width * 0.05) + 0.4 * glow(canvas, x, height * 0.3, width * 0.06)
        blend(canvas, np.minimum(beam * 0.35, 1), (225, 250, 250))
    layer(canvas, waves(width, rng, horizon + 0.04, 0.02, 1.5), (214, 196, 150), (180, 160, 120))
    for _ in range(rng.randint(6, 16)):
        radius = height * rng.uniform(0.006, 0.02)
        x, y = rng.uniform(0, width), rng.uniform(0, height * 0.8)
        blend(canvas, ellipse(canvas, x, y, radius, radius) * 0.45, (235, 252, 255))
    return canvas


def rain(width: int, height: int, horizon: float, rng: random.Random) -> Canvas:
    canvas = vertical_gradient(width, height, (112, 126, 146), (176, 188, 200))
    for _ in range(3):
        size = height * rng.uniform(0.12, 0.2)
        cloud(canvas, rng, rng.uniform(0, width), height * rng.uniform(0.05, 0.2), size)
    canvas *= 0.92
    layer(canvas, waves(width, rng, horizon, 0.006, 1), (118, 132, 138), (88, 102, 112))
    for _ in range(rng.randint(50, 90)):
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        drop = ellipse(canvas, x, y, max(0.6, width * 0.0016), height * 0.022, soft=1)
        blend(canvas, drop * 0.7, (206, 222, 238))
    return canvas
