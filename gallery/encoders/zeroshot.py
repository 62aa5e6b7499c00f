"""Zero-shot scoring: labels in words, a picture's vector, a probability per label."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gallery.core.errors import BadEmbedding
from gallery.encoders.base import Vectors

PLACE = "{}"
ENGLISH = "a photo of a {}"
CHINESE = "一张{}的照片"

_HAN = re.compile(r"CJK (COMPATIBILITY |UNIFIED )IDEOGRAPH")


def prompts(label: str, templates: Sequence[str]) -> list[str]:
    """The label in each template; without templates in the one of its script."""
    # Not str.format: a template may hold other braces, and so may a label.
    return [template.replace(PLACE, label) for template in templates or [template_for(label)]]


def template_for(label: str) -> str:
    """Chinese as soon as the label has one Han character, else English."""
    has_han = any(_HAN.match(unicodedata.name(letter, "")) for letter in label)
    return CHINESE if has_han else ENGLISH


def label_vector(vectors: Vectors) -> Vectors:
    """One unit vector ``(512,)`` for a label's prompts ``(n, 512)``, rows of norm 1.

    The mean of the unit vectors, brought to norm 1 again: the "prompt ensembling" of Radford et
    al. 2021, "Learning Transferable Visual Models From Natural Language Supervision", 3.1.4.
    Raises ``BadEmbedding`` when the prompts cancel each other out.
    """
    mean = vectors.mean(axis=0, dtype=np.float64)
    norm = np.linalg.norm(mean)
    if not norm > 1e-6:
        raise BadEmbedding("The vectors of the label's templates cancel each other out.")
    unit: Vectors = (mean / norm).astype(np.float32)
    return unit


def similarities(picture: Vectors, labels: Vectors) -> npt.NDArray[np.float64]:
    """Cosines ``(n,)`` in [-1, 1] of a unit vector ``(512,)`` and unit rows ``(n, 512)``."""
    cosines = labels.astype(np.float64) @ picture.astype(np.float64)
    return np.clip(cosines, -1.0, 1.0)


def probabilities(cosines: npt.NDArray[np.float64], logit_scale: float) -> npt.NDArray[np.float64]:
    """Softmax of ``logit_scale`` times cosine: what a CLIP-like encoder was trained to give.

    ``(n,)``, sum 1, in the order of the cosines.
    """
    logits = logit_scale * cosines
    # The greatest becomes 0: no scale overflows.
    shares = np.exp(logits - logits.max())
    return shares / shares.sum()  # type: ignore[no-any-return]
