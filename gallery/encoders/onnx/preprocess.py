"""Turn pictures into a model's input, with Pillow and NumPy only.

The numbers are bit for bit those of the model's own image processor, which resizes, crops the
centre, rescales and normalises. A channel of a pixel has 8 bits, so rescaling and normalising are
one look-up in a table of 256 numbers per channel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import PIL.Image

from gallery.encoders.inputs import cropped_rgb

Pixels = npt.NDArray[np.float32]

_CHANNELS = 3


@dataclass(frozen=True, kw_only=True)
class Preprocessing:
    """The settings of an image processor. A card stores them under the same names.

    If ``shortest`` is not 0, the short side of a picture is resized to it and the proportions are
    kept. If it is 0, the picture is resized to ``size``. ``size`` and ``crop`` are ``(height,
    width)`` in pixels. ``crop`` is None if nothing is cut off.
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
        """Height and width of the model's input."""
        return self.crop or self.size

    @classmethod
    def from_processor(cls, processor: dict[str, Any]) -> Preprocessing:
        """Read the settings of a transformers image processor.

        Raises ``ValueError`` unless it does the usual steps. The gate then decides whether the
        vectors are the same.
        """
        for step in ("do_resize", "do_rescale", "do_normalize"):
            if not processor.get(step):
                raise ValueError(f"the image processor does not have {step}")
        if processor.get("do_pad"):
            raise ValueError("the image processor pads pictures")
        size = processor["size"]
        shortest = int(size.get("shortest_edge") or 0)
        settings = cls(
            shortest=shortest,
            size=(0, 0) if shortest else _height_and_width(size),
            crop=(
                _height_and_width(processor["crop_size"])
                if processor.get("do_center_crop")
                else None
            ),
            resample=int(processor["resample"]),
            factor=float(processor["rescale_factor"]),
            mean=tuple(processor["image_mean"]),
            std=tuple(processor["image_std"]),
        )
        settings._refuse_unusual_sizes(size)
        return settings

    def _refuse_unusual_sizes(self, size: dict[str, Any]) -> None:
        if self.shortest and (size.get("longest_edge") or self.crop is None):
            raise ValueError("the image processor makes pictures of different sizes")
        smallest = (self.shortest, self.shortest) if self.shortest else self.size
        if self.crop and (self.crop[0] > smallest[0] or self.crop[1] > smallest[1]):
            raise ValueError("the image processor crops to more than the resized picture")

    def table(self) -> Pixels:
        """``(3, 256) float32``: the input of the model for each channel and each pixel value."""
        values = (np.arange(256, dtype=np.float64) * self.factor).astype(np.float32)
        mean, std = (np.array(numbers, np.float32)[:, None] for numbers in (self.mean, self.std))
        table: Pixels = (values - mean) / std
        return table


def pixel_values(images: list[PIL.Image.Image], settings: Preprocessing) -> Pixels:
    """``(n, 3, height, width) float32``."""
    table = settings.table()
    values = np.empty((len(images), _CHANNELS, *settings.side), dtype=np.float32)
    for image, planes in zip(images, values, strict=True):
        pixels = np.asarray(_resize_and_crop(image, settings))
        for channel in range(_CHANNELS):
            np.take(table[channel], pixels[:, :, channel], out=planes[channel], mode="clip")
    return values


def _resize_and_crop(image: PIL.Image.Image, settings: Preprocessing) -> PIL.Image.Image:
    image = cropped_rgb(image, crops=settings.crop is not None)
    height, width = _resized_size(image.height, image.width, settings)
    image = image.resize((width, height), PIL.Image.Resampling(settings.resample))
    if settings.crop is None:
        return image
    top, left = (height - settings.crop[0]) // 2, (width - settings.crop[1]) // 2
    return image.crop((left, top, left + settings.crop[1], top + settings.crop[0]))


def _resized_size(height: int, width: int, settings: Preprocessing) -> tuple[int, int]:
    if not settings.shortest:
        return settings.size
    if width <= height:
        return int(settings.shortest * height / width), settings.shortest
    return settings.shortest, int(settings.shortest * width / height)


def _height_and_width(size: dict[str, Any]) -> tuple[int, int]:
    return int(size["height"]), int(size["width"])
