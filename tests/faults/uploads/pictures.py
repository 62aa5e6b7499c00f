"""Small pictures by number: the same bytes for the same seed and number, and no two alike."""

from __future__ import annotations

import io
from random import Random

from PIL import Image, ImageDraw

from tests import hostile

_FORMATS = ("JPEG", "PNG", "WEBP")
_SIZE = (192, 144)
# One in a hundred is poison.
_POISON_EVERY, _POISON_AT = 100, 37


def is_poison(number: int) -> bool:
    return number % _POISON_EVERY == _POISON_AT


def picture(seed: int, number: int) -> bytes:
    data = _drawing(Random(f"{seed}/{number}"), _FORMATS[number % len(_FORMATS)])
    return _damaged(data, number) if is_poison(number) else data


def _drawing(random: Random, format: str) -> bytes:
    """Shapes in different places and colours, so that each picture has another vector."""
    image = Image.new("RGB", _SIZE, _colour(random))
    draw = ImageDraw.Draw(image)
    for _ in range(random.randint(4, 9)):
        x, y = random.randrange(_SIZE[0]), random.randrange(_SIZE[1])
        box = (x, y, x + random.randint(10, 110), y + random.randint(10, 90))
        shape = random.choice((draw.rectangle, draw.ellipse))
        shape(box, fill=_colour(random), outline=_colour(random))
    file = io.BytesIO()
    image.save(file, format, quality=random.randint(60, 95))
    return file.getvalue()


def _colour(random: Random) -> tuple[int, int, int]:
    return random.randrange(256), random.randrange(256), random.randrange(256)


def _damaged(data: bytes, number: int) -> bytes:
    """Cut off, with zeros in its middle, or not a picture at all."""
    match number // _POISON_EVERY % 3:
        case 0:
            return data[: len(data) // 3]
        case 1:
            return hostile.with_zeros(data, len(data) // 3)
        case _:
            return b"No picture, but text number %d.\n" % number
