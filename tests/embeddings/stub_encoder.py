"""A stand-in for the encoder that fails when a test tells it to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import PIL.Image

from tests.builders import unit_vector


class StubEncoder:
    """Raises ``failure`` for blue pictures, and ``MemoryError`` above ``largest`` pictures."""

    picture_side = 224

    def __init__(self, failure: BaseException | None = None, largest: int = 99) -> None:
        self.failure, self.largest, self.batches = failure, largest, list[int]()

    def encode_images(self, images: Sequence[PIL.Image.Image]) -> Any:
        self.batches.append(len(images))
        if len(images) > self.largest:
            raise MemoryError
        poisoned = [image for image in images if image.getpixel((0, 0))[2] > 200]  # type: ignore[index]
        if poisoned and self.failure is not None:
            raise self.failure
        return np.stack([unit_vector(number) for number in range(len(images))])

    def encode_texts(self, texts: Sequence[str]) -> Any:
        return np.stack([unit_vector(len(text)) for text in texts])
