"""The twelve background colours, each with several shades of the same name."""

import random
from dataclasses import dataclass

Rgb = tuple[float, float, float]  # each 0..255


@dataclass(frozen=True, slots=True)
class Colour:
    en: str
    zh: str
    shades: tuple[Rgb, ...]


COLOURS: tuple[Colour, ...] = (
    Colour("red", "红", ((214, 48, 49), (235, 77, 75), (180, 30, 40))),
    Colour("orange", "橙", ((243, 146, 55), (250, 130, 49), (255, 165, 80))),
    Colour("yellow", "黄", ((250, 211, 60), (255, 234, 120), (245, 200, 30))),
    Colour("green", "绿", ((60, 160, 80), (120, 200, 120), (30, 120, 60))),
    Colour("turquoise", "青", ((60, 190, 190), (100, 215, 205), (20, 150, 155))),
    Colour("blue", "蓝", ((52, 120, 220), (110, 170, 240), (30, 75, 180))),
    Colour("purple", "紫", ((130, 80, 190), (165, 120, 215), (95, 50, 150))),
    Colour("pink", "粉", ((245, 150, 180), (250, 185, 205), (240, 110, 160))),
    Colour("brown", "棕", ((135, 90, 55), (160, 115, 75), (100, 65, 40))),
    Colour("grey", "灰", ((140, 140, 145), (170, 170, 175), (105, 105, 112))),
    Colour("black", "黑", ((25, 25, 28), (40, 40, 45), (12, 12, 14))),
    Colour("white", "白", ((246, 246, 246), (252, 250, 245), (236, 240, 245))),
)


def shade(colour: Colour, rng: random.Random, spread: float = 12) -> Rgb:
    red, green, blue = rng.choice(colour.shades)
    return (
        min(255.0, max(0.0, red + rng.uniform(-spread, spread))),
        min(255.0, max(0.0, green + rng.uniform(-spread, spread))),
        min(255.0, max(0.0, blue + rng.uniform(-spread, spread))),
    )
