"""Degrade pictures as sharing them does: recompression, blur, noise, other exposure."""

import io
import random

import numpy as np
from PIL import Image, ImageEnhance


def _recompressed(picture: Image.Image, rng: random.Random) -> Image.Image:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=rng.randint(35, 90))
    return Image.open(buffer).convert("RGB")


def _softened(picture: Image.Image, rng: random.Random) -> Image.Image:
    side = rng.randint(48, 88)
    small = picture.resize((side, side), Image.Resampling.BILINEAR)
    return small.resize(picture.size, Image.Resampling.BICUBIC)


def _noisy(picture: Image.Image, rng: random.Random) -> Image.Image:
    noise = np.random.default_rng(rng.getrandbits(32)).normal(
        0, rng.uniform(2, 9), (picture.height, picture.width, 3)
    )
    return Image.fromarray(np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8))


def degrade(picture: Image.Image, rng: random.Random) -> Image.Image:
    if rng.random() < 0.4:
        picture = ImageEnhance.Brightness(picture).enhance(rng.uniform(0.82, 1.15))
    if rng.random() < 0.2:
        picture = ImageEnhance.Contrast(picture).enhance(rng.uniform(0.8, 1.15))
    kind = rng.random()
    if kind < 0.15:
        return _softened(picture, rng)
    if kind < 0.28:
        return _recompressed(picture, rng)
    return _noisy(picture, rng) if kind < 0.34 else picture
