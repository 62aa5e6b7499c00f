"""Paint dark settings: sunset, night, space and the moon."""

import random

from tools.scenes.colours import Rgb
from tools.scenes.paint.canvas import Canvas, blend, ellipse, glow, stars, vertical_gradient, waves
from tools.scenes.paint.sky_and_ground import layer


def night(width: int, height: int, horizon: float, rng: random.Random) -> Canvas:
    canvas = vertical_gradient(width, height, (14, 18, 52), (34, 44, 98), (84, 84, 140))
    stars(canvas, rng, rng.randint(50, 110), horizon)
    layer(canvas, waves(width, rng, horizon - 0.08, 0.03, 1.3), (38, 48, 88), (30, 38, 72))
    layer(canvas, waves(width, rng, horizon + 0.02, 0.02, 1.8), (22, 36, 56), (14, 22, 38))
    return canvas


def moon(width: int, height: int, horizon: float, rng: random.Random) -> Canvas:
    canvas = vertical_gradient(width, height, (6, 8, 22), (24, 26, 48))
    stars(canvas, rng, rng.randint(60, 120), horizon)
    layer(canvas, waves(width, rng, horizon, 0.015, 1.0), (206, 206, 212), (150, 150, 160))
    for _ in range(rng.randint(5, 10)):
        y = rng.uniform(horizon + 0.06, 1.0)
        size = width * 0.10 * (y - horizon + 0.1) * rng.uniform(0.6, 1.6)
        x = rng.uniform(0, width)
        blend(canvas, ellipse(canvas, x, y * height, size, size * 0.35), (128, 128, 140))
        inner = ellipse(canvas, x, y * height + size * 0.07, size * 0.86, size * 0.27)
        blend(canvas, inner, (168, 168, 178))
    return canvas


def space(width: int, height: int, horizon: float, rng: random.Random) -> Canvas:
    canvas = vertical_gradient(width, height, (10, 8, 30), (22, 14, 52))
    tints: tuple[Rgb, ...] = ((120, 50, 150), (40, 80, 170), (180, 60, 120))
    for _ in range(3):
        haze = glow(canvas, rng.uniform(0, width), rng.uniform(0, height), width * 0.22)
        blend(canvas, haze * 0.4, rng.choice(tints))
    stars(canvas, rng, rng.randint(90, 170), horizon)
    return canvas


def sunset(width: int, height: int, horizon: float, rng: random.Random) -> Canvas:
    canvas = vertical_gradient(width, height, (92, 70, 140), (238, 120, 110), (255, 206, 120))
    x, y = width * rng.uniform(0.25, 0.75), height * (horizon - 0.06)
    blend(canvas, glow(canvas, x, y, height * 0.2) * 0.6, (255, 232, 170))
    blend(canvas, ellipse(canvas, x, y, height * 0.085, height * 0.085, 2), (255, 240, 196))
    layer(canvas, waves(width, rng, horizon - 0.01, 0.025, 1.2), (120, 72, 110), (96, 56, 98))
    layer(canvas, waves(width, rng, horizon + 0.08, 0.02, 1.6), (78, 48, 84), (48, 30, 60))
    return canvas
