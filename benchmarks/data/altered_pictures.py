"""Copies of the demo pictures, and pictures that only look alike."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

import gallery
from gallery.media.previews import SIZES

Alter = Callable[[Image.Image], Image.Image]

_DEMO = Path(gallery.__file__).parent / "demo"
_COUNT = 100  # pictures in each group of lookalikes
_SIZE = (480, 320)


def demo_pictures() -> list[Image.Image]:
    """As small previews, which is what the gallery hashes."""
    return [preview(Image.open(path).convert("RGB")) for path in sorted(_DEMO.glob("*.webp"))]


def preview(picture: Image.Image) -> Image.Image:
    small = picture.copy()
    small.thumbnail((SIZES["small"], SIZES["small"]), Image.Resampling.LANCZOS)
    return _saved(small, "WEBP", quality=80, method=4)


def lookalikes() -> dict[str, Callable[[], list[Image.Image]]]:
    """Groups of pictures of which no two show the same."""
    return {
        "dark": _dark,
        "pages of text": _pages,
        "a dot on a plain background": _dots,
        "plain colours": _plain,
    }


def _dark() -> list[Image.Image]:
    """The demo pictures with a fiftieth of their light."""
    darkened = [ImageEnhance.Brightness(picture).enhance(0.02) for picture in demo_pictures()]
    return [preview(picture) for picture in darkened]


def _pages() -> list[Image.Image]:
    return [preview(_page(random.Random(seed))) for seed in range(_COUNT)]


def _page(rng: random.Random) -> Image.Image:
    picture = Image.new("RGB", (850, 1100), "white")
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(22)
    for line in range(32):
        words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(2, 9)))
                 for _ in range(11)]  # fmt: skip
        draw.text((70, 80 + 30 * line), " ".join(words)[:66], "black", font)
    return picture


def _dots() -> list[Image.Image]:
    """A bird in the sky: a small dark thing at another place in each picture."""
    return [preview(_dot(random.Random(seed))) for seed in range(_COUNT)]


def _dot(rng: random.Random) -> Image.Image:
    picture = Image.new("RGB", _SIZE, "#7fb2e5")
    x, y = rng.randrange(20, _SIZE[0] - 20), rng.randrange(20, _SIZE[1] - 20)
    ImageDraw.Draw(picture).ellipse((x - 9, y - 6, x + 9, y + 6), "#222222")
    return picture


def _plain() -> list[Image.Image]:
    colours = [f"hsl({hue}, 70%, {light}%)" for hue in range(0, 360, 30) for light in (30, 60)]
    return [preview(Image.new("RGB", _SIZE, colour)) for colour in colours]


def _saved(picture: Image.Image, kind: str, **options: int) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return Image.open(file).convert("RGB")


def _scaled(factor: float) -> Alter:
    return lambda picture: picture.resize(
        (round(picture.width * factor), round(picture.height * factor)), Image.Resampling.LANCZOS
    )


def _cropped(share: float) -> Alter:
    """Without half of this share of the width and height at each side."""
    return lambda picture: ImageOps.crop(
        picture, (round(picture.width * share / 2), round(picture.height * share / 2)) * 2
    )


def _then_preview(alter: Alter) -> Alter:
    return lambda picture: preview(alter(picture))


COPIES: dict[str, Alter] = {
    name: _then_preview(alter)
    for name, alter in {
        "half the size": _scaled(0.5),
        "a quarter of the size": _scaled(0.25),
        "JPEG, quality 50": lambda picture: _saved(picture, "JPEG", quality=50),
        "JPEG, quality 10": lambda picture: _saved(picture, "JPEG", quality=10),
        "cropped by 2 %": _cropped(0.02),
        "cropped by 5 %": _cropped(0.05),
        "cropped by 10 %": _cropped(0.1),
        "cropped by 20 %": _cropped(0.2),
        "20 % brighter": lambda picture: ImageEnhance.Brightness(picture).enhance(1.2),
        "40 % darker": lambda picture: ImageEnhance.Brightness(picture).enhance(0.6),
        "40 % more contrast": lambda picture: ImageEnhance.Contrast(picture).enhance(1.4),
        "blurred": lambda picture: picture.filter(ImageFilter.GaussianBlur(2)),
        "in grey": lambda picture: ImageOps.grayscale(picture).convert("RGB"),
        "mirrored": ImageOps.mirror,
    }.items()
}
