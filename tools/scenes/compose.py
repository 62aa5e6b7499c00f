"""Paint a scene at any size, also squashed into a square, as the encoder sees it."""

import functools
import math
import random
from collections.abc import Sequence

import numpy as np
from PIL import Image

from tools.scenes.backdrops import paint
from tools.scenes.scene import Placement, Scene
from tools.scenes.sprites import SIDE, Sprite

SHADOW_HEIGHT = 0.16  # of the thing's size


@functools.cache
def _soft_ellipse() -> Image.Image:
    rows, columns = np.mgrid[-1:1:32j, -1:1:96j]
    inside = np.clip(1 - np.sqrt(rows**2 + columns**2), 0, 1) ** 1.2
    return Image.fromarray((inside * 110).astype(np.uint8), "L")


def _mip(sprite: Sprite, pixels: float) -> Image.Image:
    if pixels <= SIDE * 0.3:
        return sprite.quarter
    return sprite.half if pixels <= SIDE * 0.6 else sprite.image


def _warp(sprite: Sprite, placement: Placement, wide: float, tall: float) -> Image.Image:
    """The sprite scaled to wide x tall pixels, rotated and mirrored, in its bounding box."""
    source = _mip(sprite, max(wide, tall))
    side = source.width
    turn = math.radians(placement.turn)
    cos, sin = math.cos(turn), math.sin(turn)
    # Rotate before squashing: a tilted thing in a wide picture is squashed after it is tilted.
    reach = (abs(cos) + abs(sin)) / 2
    box = (max(2, math.ceil(2 * reach * wide)), max(2, math.ceil(2 * reach * tall)))
    mirror = -1.0 if placement.flip else 1.0
    a, b = mirror * cos * side / wide, mirror * sin * side / tall
    d, e = -sin * side / wide, cos * side / tall
    c = side / 2 - a * box[0] / 2 - b * box[1] / 2
    f = side / 2 - d * box[0] / 2 - e * box[1] / 2
    return source.transform(
        box, Image.Transform.AFFINE, (a, b, c, d, e, f), Image.Resampling.BICUBIC
    )


def _put(canvas: Image.Image, sprite: Sprite, placement: Placement, aspect: float) -> None:
    shorter = min(aspect, 1.0), min(1 / aspect, 1.0)
    # Sizes are shares of the shorter side; the canvas may be squashed, so each axis differs.
    wide = max(3.0, placement.size * shorter[1] * canvas.width)
    tall = max(3.0, placement.size * shorter[0] * canvas.height)
    x, y = placement.x * canvas.width, placement.y * canvas.height
    if placement.shadow:
        size = (max(2, round(wide * 0.9)), max(2, round(tall * SHADOW_HEIGHT)))
        shade = _soft_ellipse().resize(size, Image.Resampling.BILINEAR)
        at = (round(x - size[0] / 2), round(y + tall * (sprite.foot - 0.03) - size[1] / 2))
        canvas.paste((20, 20, 40), at, shade)
    drawn = _warp(sprite, placement, wide, tall)
    canvas.paste(drawn, (round(x - drawn.width / 2), round(y - drawn.height / 2)), drawn)


def draw_things(canvas: Image.Image, scene: Scene, sprites: Sequence[Sprite]) -> None:
    for placement in scene.placements:
        _put(canvas, sprites[placement.thing], placement, scene.aspect)


def render(scene: Scene, sprites: Sequence[Sprite], shorter_side: int) -> Image.Image:
    """The picture in RGB, with the proportions of the scene. Equal scenes give equal pixels."""
    wide = max(1.0, scene.aspect) * shorter_side
    tall = max(1.0, 1 / scene.aspect) * shorter_side
    size = (round(wide), round(tall))
    canvas = paint(scene.backdrop, size, random.Random(scene.seed))
    draw_things(canvas, scene, sprites)
    return canvas
