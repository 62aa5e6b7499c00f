"""A picture as the numbers a model was trained on, with Pillow and NumPy alone.

Bit for bit what the model's own image processor gives: resize, crop from the middle, then rescale
and normalise, which is a table of 256 numbers per channel because pictures have 8 bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import PIL.Image

from gallery.encoders.contract import cropped_rgb

Pixels = npt.NDArray[np.float32]

_CHANNELS = 3


@dataclass(frozen=True, kw_only=True)
class Preprocessing:
    """``shortest`` > 0: the short side becomes that; else the picture becomes ``size``.

    ``size`` and ``crop`` are ``(height, width)``; ``crop`` is None where nothing is cut off.
    """

    shortest: int
    size: tuple[int, int]
    crop: tuple[int, int] | None
    resample: int
    factor: float
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @property
    def side(self) -> tuple[int, int]:
        """Height and width of what the model gets."""
        return self.crop or self.size

    @classmethod
    def of(cls, processor: dict[str, Any]) -> Preprocessing:
        """From an image processor's own settings. Raises ``ValueError`` for what is not the
        ordinary chain; whether a chain is reproduced is the gate's question.
        """
        for step in ("do_resize", "do_rescale", "do_normalize"):
            if not processor.get(step):
                raise ValueError(f"an image processor without {step}")
        if processor.get("do_pad"):
            raise ValueError("an image processor that pads")
        size = processor["size"]
        shortest = int(size.get("shortest_edge") or 0)
        made = cls(
            shortest=shortest,
            size=(0, 0) if shortest else _pair(size),
            crop=_pair(processor["crop_size"]) if processor.get("do_center_crop") else None,
            resample=int(processor["resample"]),
            factor=float(processor["rescale_factor"]),
            mean=tuple(processor["image_mean"]),
            std=tuple(processor["image_std"]),
        )
        made._refuse_the_unusual(size)
        return made

    def _refuse_the_unusual(self, size: dict[str, Any]) -> None:
        if self.shortest and (size.get("longest_edge") or self.crop is None):
            raise ValueError("an image processor whose pictures differ in size")
        smallest = (self.shortest, self.shortest) if self.shortest else self.size
        if self.crop and (self.crop[0] > smallest[0] or self.crop[1] > smallest[1]):
            raise ValueError("an image processor that crops more than there is")

    def table(self) -> Pixels:
        """``(3, 256) float32``: each channel's number for each of the 256 values of a pixel."""
        values = (np.arange(256, dtype=np.float64) * self.factor).astype(np.float32)
        mean, std = (np.array(figures, np.float32)[:, None] for figures in (self.mean, self.std))
        table: Pixels = (values - mean) / std
        return table


def pixel_values(images: list[PIL.Image.Image], asked: Preprocessing) -> Pixels:
    """``(n, 3, height, width) float32``."""
    table = asked.table()
    values = np.empty((len(images), _CHANNELS, *asked.side), dtype=np.float32)
    for image, planes in zip(images, values, strict=True):
        pixels = np.asarray(_shaped(image, asked))
        for channel in range(_CHANNELS):
            np.take(table[channel], pixels[:, :, channel], out=planes[channel], mode="clip")
    return values


def _shaped(image: PIL.Image.Image, asked: Preprocessing) -> PIL.Image.Image:
    image = cropped_rgb(image, crops=asked.crop is not None)
    height, width = _resized(image.height, image.width, asked)
    image = image.resize((width, height), PIL.Image.Resampling(asked.resample))
    if asked.crop is None:
        return image
    top, left = (height - asked.crop[0]) // 2, (width - asked.crop[1]) // 2
    return image.crop((left, top, left + asked.crop[1], top + asked.crop[0]))


def _resized(height: int, width: int, asked: Preprocessing) -> tuple[int, int]:
    if not asked.shortest:
        return asked.size
    if width <= height:
        return int(asked.shortest * height / width), asked.shortest
    return asked.shortest, int(asked.shortest * width / height)


def _pair(size: dict[str, Any]) -> tuple[int, int]:
    return int(size["height"]), int(size["width"])
