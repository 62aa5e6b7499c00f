"""Paint settings that people built: a table, a room, a city and a road."""

import random

import numpy as np

from tools.scenes.colours import Rgb
from tools.scenes.paint.canvas import Canvas, blend, ellipse, vertical_gradient, waves
from tools.scenes.paint.sky_and_ground import day_sky, layer


def table(width: int, height: int, horizon: float, rng: random.Random) -> Canvas:
    walls: tuple[tuple[Rgb, Rgb], ...] = (
        ((246, 236, 220), (238, 222, 202)),
        ((216, 230, 228), (200, 218, 216)),
        ((236, 222, 226), (226, 208, 214)),
    )
    canvas = vertical_gradient(width, height, *rng.choice(walls))
    layer(canvas, np.full(width, horizon, np.float32), (196, 146, 98), (166, 116, 72))
    for _ in range(6):
        y = height * rng.uniform(horizon + 0.02, 1)
        line = ellipse(canvas, rng.uniform(0, width), y, width * 0.3, max(0.6, height * 0.003))
        blend(canvas, line * 0.3, (130, 86, 50))
    return canvas


def room(width: int, height: int, horizon: float, rng: random.Random) -> Canvas:
    walls: tuple[Rgb, ...] = ((238, 226, 206), (206, 222, 214), (232, 214, 208), (214, 220, 234))
    wall = rng.choice(walls)
    canvas = vertical_gradient(width, height, wall, wall)
    left, top = int(width * rng.uniform(0.08, 0.6)), int(height * 0.10)
    wide, tall = int(width * 0.28), int(height * 0.36)
    edge = max(1, round(height * 0.014))
    canvas[top : top + tall, left : left + wide] = (252, 250, 246)
    pane = vertical_gradient(
        max(1, wide - 2 * edge), max(1, tall - 2 * edge), (150, 205, 240), (220, 238, 248)
    )
    canvas[top + edge : top + tall - edge, left + edge : left + wide - edge] = pane
    middle = left + wide // 2
    canvas[top : top + tall, middle - edge // 2 : middle + edge // 2 + 1] = (252, 250, 246)
    layer(canvas, np.full(width, horizon, np.float32), (190, 150, 112), (168, 126, 90))
    canvas[int(height * horizon) - edge : int(height * horizon)] = (250, 246, 240)
    return canvas


def city(width: int, height: int, horizon: float, rng: random.Random) -> Canvas:
    canvas = day_sky(width, height, rng, clouds=2)
    for depth, tone in enumerate((1.0, 0.82)):
        x = -rng.uniform(0, 0.1) * width
        while x < width:
            wide = width * rng.uniform(0.07, 0.14)
            top = height * (horizon - rng.uniform(0.18, 0.55 - 0.15 * depth))
            _tower(canvas, rng, (int(x), int(top), int(x + wide), int(height * horizon)), tone)
            x += wide * rng.uniform(1.0, 1.2)
    layer(canvas, np.full(width, horizon, np.float32), (176, 178, 182), (140, 142, 148))
    return canvas


def _tower(canvas: Canvas, rng: random.Random, box: tuple[int, int, int, int], tone: float) -> None:
    left, top, right, bottom = box
    left = max(0, left)
    walls: tuple[Rgb, ...] = ((186, 196, 214), (206, 196, 190), (170, 188, 200), (214, 206, 216))
    red, green, blue = rng.choice(walls)
    canvas[top:bottom, left:right] = (red * tone, green * tone, blue * tone)
    step = max(3, (right - left) // 4)
    for y in range(top + step // 2, bottom - step // 2, step):
        for x in range(left + step // 2, right - step // 2, step):
            pane = canvas[y : y + max(1, step // 2), x : x + max(1, step // 2)]
            lit = rng.random() < 0.3
            pane[:] = (250, 236, 180) if lit else (132 * tone, 152 * tone, 180 * tone)


def road(width: int, height: int, horizon: float, rng: random.Random) -> Canvas:
    canvas = day_sky(width, height, rng)
    layer(canvas, waves(width, rng, horizon - 0.06, 0.02, 1.3), (150, 196, 120), (110, 166, 90))
    layer(canvas, np.full(width, horizon + 0.06, np.float32), (112, 114, 120), (84, 86, 92))
    curb = int(height * (horizon + 0.06))
    canvas[curb : curb + max(1, height // 90)] = (214, 214, 212)
    middle, thick = int(height * (horizon + 0.06 + 1) / 2), max(1, height // 60)
    dash = max(2, width // 9)
    for x in range(-rng.randrange(dash), width, dash):
        canvas[middle : middle + thick, max(0, x) : max(0, x + dash // 2)] = (240, 240, 234)
    return canvas
