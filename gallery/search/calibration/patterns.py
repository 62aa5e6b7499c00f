"""Pictures that hardly any gallery picture resembles: noise, gradients, stripes, pages of text.

They are drawn from fixed seeds, so every measurement uses the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import PIL.Image
from PIL import ImageDraw, ImageFont

EACH = 12
_SIDE = 224
_LETTERS = "etaoinshrdlucmfwypvbgkqjxz"

Generator = np.random.Generator
Field = npt.NDArray[np.float64]


def patterns() -> Iterator[PIL.Image.Image]:
    """``EACH`` pictures of each kind, RGB."""
    for seed, draw in enumerate((_noise, _clouds, _gradient, _stripes, _page)):
        rng = np.random.default_rng(seed)
        for _ in range(EACH):
            yield draw(rng)


def _noise(rng: Generator) -> PIL.Image.Image:
    """Independent pixels, coloured or grey."""
    channels = int(rng.choice((1, 3)))
    pixels = rng.integers(0, 256, (_SIDE, _SIDE, channels), dtype=np.uint8)
    return PIL.Image.fromarray(np.repeat(pixels, 3 // channels, axis=2))


def _clouds(rng: Generator) -> PIL.Image.Image:
    """Noise whose amplitude falls with the frequency, as in photographs."""
    slope = rng.uniform(0.8, 1.6)
    shared = _cloud(rng, slope)
    channels = [0.7 * shared + 0.3 * _cloud(rng, slope) for _ in range(3)]
    return _picture(np.stack(channels, axis=2))


def _cloud(rng: Generator, slope: float) -> Field:
    rows = np.fft.fftfreq(_SIDE)[:, None]
    columns = np.fft.rfftfreq(_SIDE)[None, :]
    frequency = np.maximum(np.hypot(rows, columns), 1 / _SIDE)
    spectrum = np.fft.rfft2(rng.standard_normal((_SIDE, _SIDE))) / frequency**slope
    cloud: Field = np.fft.irfft2(spectrum, (_SIDE, _SIDE))
    lowest, highest = float(cloud.min()), float(cloud.max())
    return (cloud - lowest) / (highest - lowest)


def _gradient(rng: Generator) -> PIL.Image.Image:
    small = rng.integers(0, 256, (3, 3, 3), dtype=np.uint8)
    return PIL.Image.fromarray(small).resize((_SIDE, _SIDE), PIL.Image.Resampling.BICUBIC)


def _stripes(rng: Generator) -> PIL.Image.Image:
    """Stripes or checks in two colours."""
    rows, columns = np.mgrid[0:_SIDE, 0:_SIDE]
    turn, step = rng.uniform(0, np.pi), rng.uniform(4, 40)
    wave = np.sin((rows * np.sin(turn) + columns * np.cos(turn)) * 2 * np.pi / step)
    if rng.random() < 0.5:
        wave *= np.sin((columns * np.sin(turn) - rows * np.cos(turn)) * 2 * np.pi / step)
    first, second = rng.random((2, 3))
    return _picture(np.where((wave > 0)[:, :, None], first, second))


def _page(rng: Generator) -> PIL.Image.Image:
    """Lines of letters, dark on light or light on dark, often below a bar."""
    paper, ink = ((30, 32, 36), (220, 220, 220)) if rng.random() < 0.3 else ((250,) * 3, (30,) * 3)
    page = PIL.Image.new("RGB", (_SIDE * 2, round(_SIDE * 2.8)), paper)
    draw = ImageDraw.Draw(page)
    size = int(rng.integers(11, 24))
    font = ImageFont.load_default(size)
    if rng.random() < 0.5:
        draw.rectangle((0, 0, page.width, 40), fill=tuple(rng.integers(40, 200, 3).tolist()))
    for top in range(56, page.height - 40, round(size * 1.5)):
        words = ("".join(rng.choice(list(_LETTERS), rng.integers(2, 10))) for _ in range(12))
        draw.text((30, top), " ".join(words)[: int(rng.integers(10, 900 // size))], ink, font)
    return page


def _picture(values: Field) -> PIL.Image.Image:
    return PIL.Image.fromarray(np.clip(values * 255, 0, 255).astype(np.uint8))
