"""Query vectors for those who search."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from gallery.embeddings import spaces
from gallery.models import EmbeddingSpace

if TYPE_CHECKING:
    import PIL.Image

Vector = npt.NDArray[np.float32]

# About 3 MB of vectors and texts, enough for a site's favourite questions.
_REMEMBERED = 1000


def text_vector(space: EmbeddingSpace, text: str) -> Vector:
    """``(512,) float32``, norm 1, read-only. Raises as ``spaces.encoder_of`` does."""
    return _remembered(space.fingerprint, space.encoder, normalised(text))


def image_vector(space: EmbeddingSpace, image: PIL.Image.Image) -> Vector:
    """``(512,) float32``, norm 1; the picture is one of ours or was decoded in a child."""
    vector: Vector = spaces.encoder_of(space).encode_images([image])[0]
    return vector


def normalised(text: str) -> str:
    """One spelling for texts that mean the same to every encoder: NFC, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@lru_cache(maxsize=_REMEMBERED)
def _remembered(fingerprint: str, encoder: str, text: str) -> Vector:
    space = EmbeddingSpace(encoder=encoder, fingerprint=fingerprint)
    vector: Vector = spaces.encoder_of(space).encode_texts([text])[0]
    vector.flags.writeable = False
    return vector
