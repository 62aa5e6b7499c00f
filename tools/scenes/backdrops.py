"""Paint what is behind the things: a named colour with a texture, or a setting."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from tools.scenes.colours import COLOURS, Rgb, shade
from tools.scenes.paint import dark, land, town, water
from tools.scenes.paint.canvas import (
    Canvas,
    blend,
    ellipse,
    grain,
    linear_gradient,
    vertical_gradient,
)
from tools.scenes.settings import BY_KEY

PAINTERS: dict[str, Callable[[int, int, float, random.Random], Canvas]] = {
    "beach": water.beach,
    "sea": water.sea,
    "underwater": water.underwater,
    "rain": water.rain,
    "night": dark.night,
    "moon": dark.moon,
    "space": dark.space,
    "sunset": dark.sunset,
    "grass": land.grass,
    "flowers": land.flowers,
    "hills": land.hills,
    "mountains": land.mountains,
    "snow": land.snow,
    "desert": land.desert,
    "sky": land.sky,
    "forest": land.forest,
    "table": town.table,
    "room": town.room,
    "city": town.city,
    "road": town.road,
}
TEXTURES = ("plain", "gradient", "vignette", "stripes", "dots", "checks", "noise", "bokeh")


@dataclass(frozen=True, slots=True)
class Backdrop:
    """Either an index into COLOURS, with a random texture if none is given, or a setting's key."""

    colour: int | None = None
    setting: str | None = None
    texture: str | None = None


def _two_shades(first: Rgb, rng: random.Random, apart: float) -> Rgb:
    is_dark = sum(first) / 3 < 90
    factor = 1 + apart if is_dark or rng.random() < 0.5 else 1 - apart
    red, green, blue = (min(255.0, part * factor + (18 if is_dark else 0)) for part in first)
    return red, green, blue


def _pattern(canvas: Canvas, texture: str, other: Rgb, rng: random.Random) -> None:
    height, width = canvas.shape[:2]
    rows, columns = np.ogrid[0:height, 0:width]
    step = min(width, height) * rng.uniform(0.08, 0.25)
    if texture == "stripes":
        turn = rng.uniform(0, math.pi)
        wave = np.sin((columns * math.cos(turn) + rows * math.sin(turn)) * 2 * math.pi / step)
    elif texture == "dots":
        wave = np.cos(columns * 2 * math.pi / step) + np.cos(rows * 2 * math.pi / step) - 1.0
    else:
        wave = np.sin(columns * math.pi / step) * np.sin(rows * math.pi / step)
    blend(canvas, np.clip(wave * 3 + 0.5, 0, 1).astype(np.float32), other)


def _coloured(width: int, height: int, backdrop: Backdrop, rng: random.Random) -> Canvas:
    main = shade(COLOURS[backdrop.colour or 0], rng)
    other = _two_shades(main, rng, rng.uniform(0.06, 0.22))
    texture = backdrop.texture or rng.choice(TEXTURES)
    if texture == "gradient":
        return linear_gradient(width, height, main, other, rng.uniform(0, 2 * math.pi))
    canvas = vertical_gradient(width, height, main, main)
    if texture == "vignette":
        wide = ellipse(canvas, width / 2, height / 2, width * 0.6, height * 0.6, soft=height * 0.6)
        blend(canvas, 1 - wide, other)
    elif texture == "noise":
        grain(canvas, rng, rng.uniform(4, 14))
    elif texture == "bokeh":
        for _ in range(rng.randint(5, 12)):
            size = min(width, height) * rng.uniform(0.05, 0.2)
            spot = ellipse(canvas, rng.uniform(0, width), rng.uniform(0, height), size, size)
            blend(canvas, spot * 0.5, other)
    elif texture != "plain":
        _pattern(canvas, texture, other, rng)
    return canvas


def paint(backdrop: Backdrop, size: tuple[int, int], rng: random.Random) -> Image.Image:
    """`size` is (width, height) in pixels. The picture is RGB."""
    width, height = size
    if backdrop.setting is not None:
        horizon = BY_KEY[backdrop.setting].horizon
        canvas = PAINTERS[backdrop.setting](width, height, horizon, rng)
    else:
        canvas = _coloured(width, height, backdrop, rng)
    return Image.fromarray(np.clip(canvas, 0, 255).astype(np.uint8))
