"""Pictures unlike the training scenes: photographs, noise, plain colours, pages of text."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

EACH = 30
SIDE = 200
TALLER_BY = 1.4
# The photographs and camera images in scikit-image, matplotlib and scikit-learn.
PHOTOGRAPHS = (
    "skimage/data/astronaut.png", "skimage/data/brick.png", "skimage/data/camera.png",
    "skimage/data/cell.png", "skimage/data/chelsea.png", "skimage/data/coffee.png",
    "skimage/data/coins.png", "skimage/data/grass.png", "skimage/data/gravel.png",
    "skimage/data/hubble_deep_field.jpg", "skimage/data/ihc.png", "skimage/data/moon.png",
    "skimage/data/motorcycle_left.png", "skimage/data/page.png", "skimage/data/retina.jpg",
    "skimage/data/rocket.jpg", "skimage/data/text.png",
    "matplotlib/mpl-data/sample_data/grace_hopper.jpg",
    "sklearn/datasets/images/china.jpg", "sklearn/datasets/images/flower.jpg",
)  # fmt: skip
PARTS = ((0.0, 0.0), (0.4, 0.0), (0.0, 0.4), (0.4, 0.4))
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


def unknown_pictures(packages: Path) -> dict[str, list[Image.Image]]:
    rng = np.random.default_rng(0)
    photographs = [Image.open(packages / name).convert("RGB") for name in PHOTOGRAPHS]
    parts = [part for photograph in photographs for part in _parts(photograph)]
    return {
        "photograph": photographs,
        "part of a photograph": parts,
        "noise": [_noise(rng, SIDE) for _ in range(EACH)],
        "one colour": [
            Image.new("RGB", (SIDE, SIDE), tuple(rng.integers(0, 256, 3).tolist()))
            for _ in range(EACH)
        ],
        "colour gradients": [
            _noise(rng, 3).resize((SIDE, SIDE), Image.Resampling.BICUBIC) for _ in range(EACH)
        ],
        "a page of text": [_page(rng) for _ in range(EACH)],
    }


def _parts(picture: Image.Image) -> Iterator[Image.Image]:
    """Four overlapping parts. To this encoder they are as different as other photographs."""
    wide, tall = picture.size
    for x, y in PARTS:
        box = (x * wide, y * tall, (x + 0.6) * wide, (y + 0.6) * tall)
        yield picture.crop(tuple(round(edge) for edge in box))  # type: ignore[arg-type]


def _noise(rng: np.random.Generator, side: int) -> Image.Image:
    return Image.fromarray(rng.integers(0, 256, (side, side, 3), dtype=np.uint8))


def _page(rng: np.random.Generator) -> Image.Image:
    """Like a scan or a screenshot: often a bar at the top, lines of letters, light or dark."""
    dark = bool(rng.random() < 0.3)
    paper, ink = ((28, 30, 34), (220, 220, 220)) if dark else ((252, 252, 250), (30, 30, 30))
    page = Image.new("RGB", (600, round(600 * TALLER_BY)), paper)
    draw = ImageDraw.Draw(page)
    size = int(rng.integers(12, 26))
    font = ImageFont.truetype(FONT, size)
    if rng.random() < 0.5:
        draw.rectangle((0, 0, page.width, 48), fill=tuple(rng.integers(40, 200, 3).tolist()))
    for top in range(70, page.height - 60, round(size * 1.5)):
        if rng.random() < 0.15:
            continue
        letters = rng.integers(97, 123, rng.integers(15, 600 // size + 16))
        words = "".join(" " if rng.random() < 0.18 else chr(letter) for letter in letters)
        draw.text((40, top), words[: 900 // size], fill=ink, font=font)
    return page
