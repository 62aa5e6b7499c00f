"""What every backend does alike: inputs made safe, threads counted, vectors checked."""

from __future__ import annotations

import os

import numpy as np
import numpy.typing as npt
import PIL.Image

from gallery.core.errors import BadEmbedding
from gallery.encoders.base import WIDTH

Vectors = npt.NDArray[np.float32]

_NORM_TOLERANCE = 1e-3
# The processor resizes the short side to 224 before it crops: a 1:800 strip would become 40 Mpx.
_WIDEST = 4
# Beyond eight threads a ViT-B/32 gains nothing.
_MOST_THREADS = 8


def tamed(image: PIL.Image.Image, *, crops: bool) -> PIL.Image.Image:
    """RGB; of a strip only the middle, of which a processor that crops would see even less."""
    longest = _WIDEST * min(image.size)
    if crops and max(image.size) > longest:
        left, top = (max(0, (side - longest) // 2) for side in image.size)
        image = image.crop((left, top, image.width - left, image.height - top))
    return image if image.mode == "RGB" else image.convert("RGB")


def encodable(text: str) -> str:
    """Without lone surrogates, which JSON can carry and the tokenizer refuses."""
    return text.encode("utf-8", "replace").decode("utf-8")


def threads() -> int:
    """How many one encoder computes with: ``GALLERY_TORCH_THREADS``, else all cores up to eight."""
    asked = os.environ.get("GALLERY_TORCH_THREADS", "")
    if asked.isdecimal() and int(asked):
        return int(asked)
    return min(len(os.sched_getaffinity(0)), _MOST_THREADS)


def checked(vectors: Vectors, count: int) -> Vectors:
    """The vectors, when they are ``(count, 512)`` unit rows. Raises ``BadEmbedding``."""
    if vectors.shape != (count, WIDTH):
        raise BadEmbedding(f"The encoder gave vectors of shape {vectors.shape}.")
    if not np.isfinite(vectors).all():
        raise BadEmbedding("The encoder gave a vector that is not finite.")
    if (np.abs(np.linalg.norm(vectors, axis=1) - 1) > _NORM_TOLERANCE).any():
        raise BadEmbedding("The encoder gave a vector without a direction.")
    return vectors
