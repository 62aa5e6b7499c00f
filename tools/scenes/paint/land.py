"""Paint settings on land under an open sky."""

import random

import numpy as np

from tools.scenes.colours import Rgb
from tools.scenes.paint.canvas import Canvas, blend, cloud, ellipse, peaks, vertical_gradient, waves
from tools.scenes.paint.sky_and_ground import day_sky, layer


def grass(width: int, height: int, horizon: float, rng: random.Random) -> Canvas:
    canvas = day_sky(width, height, rng)
    layer(canvas, waves(width, rng, horizon, 0.012, 1), (150, 205, 100), (84, 158, 66))
    for _ in range(rng.randint(25, 45)):
        y = rng.uniform(horizon + 0.04, 1)
        tall = height * 0.02 * (0.5 + y)
        tuft = ellipse(canvas, rng.uniform(0, width), y * height, tall * 0.28, tall)
        blend(canvas, tuft * 0.6, (66, 136, 56))
    return canvas


def flowers(width: int, height: int, horizon: float, rng: random.Random) -> Canvas:
    canvas = day_sky(width, height, rng, clouds=2)
    layer(canvas, waves(width, rng, horizon, 0.02, 1), (140, 196, 104), (76, 148, 70))
    petals: list[Rgb] = [(240, 110, 150), (250, 210, 80), (190, 130, 220), (250, 250, 250)]
    for y in sorted(rng.uniform(horizon + 0.03, 1.02) for _ in range(70)):
        radius = height * 0.024 * (0.35 + (y - horizon) * 1.4)
        x = rng.uniform(0, width)
        blend(canvas, ellipse(canvas, x, y * height, radius, radius * 0.8), rng.choice(petals))
        heart = ellipse(canvas, x, y * height, radius * 0.35, radius * 0.3)
        blend(canvas, heart, (248, 190, 70))
    return canvas


HILLS: tuple[tuple[Rgb, Rgb], ...] = (
    ((168, 208, 170), (140, 190, 140)),
    ((142, 198, 122), (110, 172, 96)),
    ((112, 182, 86), (72, 144, 62)),
)


def hills(width: int, height: int, horizon: float, rng: random.Random) -> Canvas:
    canvas = day_sky(width, height, rng)
    for i, (top, bottom) in enumerate(HILLS):
        line = waves(width, rng, horizon - 0.12 + 0.11 * i, 0.045, 1 + 0.4 * i)
        layer(canvas, line, top, bottom)
    return canvas


def mountains(width: int, height: int, horizon: float, rng: random.Random) -> Canvas:
    canvas = day_sky(width, height, rng, clouds=2)
    far = peaks(width, rng, horizon, 0.42, rng.randint(3, 5))
    layer(canvas, far, (176, 190, 214), (150, 168, 196))
    near = peaks(width, rng, horizon + 0.02, 0.34, rng.randint(2, 4))
    layer(canvas, near, (120, 136, 166), (98, 116, 140))
    layer(canvas, waves(width, rng, horizon, 0.015, 1.2), (136, 178, 112), (92, 142, 80))
    return canvas


def snow(width: int, height: int, horizon: float, rng: random.Random) -> Canvas:
    canvas = vertical_gradient(width, height, (158, 188, 220), (226, 234, 244))
    layer(canvas, waves(width, rng, horizon - 0.08, 0.03, 1.2), (222, 232, 244), (206, 220, 238))
    layer(canvas, waves(width, rng, horizon, 0.02, 1.0), (252, 253, 255), (222, 232, 246))
    for _ in range(rng.randint(35, 70)):
        radius = height * rng.uniform(0.004, 0.009)
        flake = ellipse(canvas, rng.uniform(0, width), rng.uniform(0, height), radius, radius)
        blend(canvas, flake * 0.9, (255, 255, 255))
    return canvas


def desert(width: int, height: int, horizon: float, rng: random.Random) -> Canvas:
    canvas = vertical_gradient(width, height, (126, 190, 226), (250, 226, 186))
    layer(canvas, waves(width, rng, horizon - 0.06, 0.03, 1.0), (238, 196, 132), (226, 176, 108))
    layer(canvas, waves(width, rng, horizon + 0.03, 0.045, 0.8), (240, 186, 112), (210, 146, 76))
    return canvas


def sky(width: int, height: int, horizon: float, rng: random.Random) -> Canvas:
    canvas = vertical_gradient(width, height, (78, 156, 228), (196, 228, 248))
    for _ in range(rng.randint(3, 6)):
        size = height * rng.uniform(0.10, 0.24)
        cloud(canvas, rng, rng.uniform(0, width), height * rng.uniform(0.15, 0.98), size)
    return canvas


def forest(width: int, height: int, horizon: float, rng: random.Random) -> Canvas:
    canvas = vertical_gradient(width, height, (206, 228, 200), (168, 204, 166))
    for depth in range(3):
        tone = 1 - 0.24 * depth
        trunk: Rgb = (118 * tone, 104 * tone, 84 * tone)
        leaf: Rgb = (112 * tone, 168 * tone, 110 * tone)
        for _ in range(4 + depth):
            x, wide = rng.uniform(0, width), width * (0.010 + 0.008 * depth)
            columns = np.clip(wide - np.abs(np.arange(width) - x) + 0.5, 0, 1)
            blend(canvas, np.broadcast_to(columns, canvas.shape[:2]).astype(np.float32), trunk)
            crown = width * (0.08 + 0.03 * depth)
            top = height * rng.uniform(-0.02, 0.14)
            blend(canvas, ellipse(canvas, x, top, crown, crown * 0.9, soft=4), leaf)
    layer(canvas, waves(width, rng, horizon, 0.012, 1.4), (122, 164, 92), (70, 112, 60))
    return canvas
