"""Zero-shot classification: the probability of each label for a picture's vector."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gallery.core.errors import BadEmbedding
from gallery.encoders.base import Vector, Vectors

PLACEHOLDER = "{}"
ENGLISH = "a photo of a {}"
CHINESE = "一张{}的照片"

_HAN = re.compile(r"CJK (COMPATIBILITY |UNIFIED )IDEOGRAPH")


def prompts(label: str, templates: Sequence[str]) -> list[str]:
    """The label in each template, or in the template of its script if there are none."""
    # str.format would fail for other braces in a template.
    return [template.replace(PLACEHOLDER, label) for template in templates or [template_for(label)]]


def template_for(label: str) -> str:
    """The Chinese template if the label contains a Han character, else the English one."""
    has_han = any(_HAN.match(unicodedata.name(letter, "")) for letter in label)
    return CHINESE if has_han else ENGLISH


def label_vector(vectors: Vectors) -> Vector:
    """One unit vector ``(512,)`` for a label's prompts ``(n, 512)``, rows of norm 1.

    It is the normalised mean of the rows: the "prompt ensembling" of Radford et al. 2021,
    "Learning Transferable Visual Models From Natural Language Supervision", section 3.1.4.
    Raises ``BadEmbedding`` if the rows cancel each other out.
    """
    mean = vectors.mean(axis=0, dtype=np.float64)
    norm = np.linalg.norm(mean)
    if not norm > 1e-6:
        raise BadEmbedding("The vectors of the label's templates cancel each other out.")
    unit: Vector = (mean / norm).astype(np.float32)
    return unit


def similarities(picture: Vector, labels: Vectors) -> npt.NDArray[np.float64]:
    """The cosines ``(n,)`` in [-1, 1] of a unit vector ``(512,)`` with unit rows ``(n, 512)``."""
    cosines = labels.astype(np.float64) @ picture.astype(np.float64)
    return np.clip(cosines, -1.0, 1.0)


def probabilities(cosines: npt.NDArray[np.float64], logit_scale: float) -> npt.NDArray[np.float64]:
    """The softmax of ``logit_scale`` times cosine, for which a CLIP model was trained.

    ``(n,)`` with the sum 1, in the order of the cosines.
    """
    logits = logit_scale * cosines
    # The subtraction changes no share and prevents an overflow for a large scale.
    shares = np.exp(logits - logits.max())
    return shares / shares.sum()  # type: ignore[no-any-return]
