"""The gate: whether a faster variant's vectors may stand for the reference's.

An embedding space's name does not say which backend computed a vector, so the two must be
interchangeable: vectors point the same way, and the same pictures are found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gallery.encoders.base import Vectors

LEAST_COSINE = 0.995
LEAST_OVERLAP = 0.95
NEAREST = 10


@dataclass(frozen=True)
class Fidelity:
    """``cosine``: mean of a variant's vector with the reference's. ``overlap``: mean share of
    the reference's ten nearest that are found, the worse of two ways to ask.
    """

    cosine: float
    overlap: float

    @property
    def passes(self) -> bool:
        return self.cosine >= LEAST_COSINE and self.overlap >= LEAST_OVERLAP


def among_themselves(variant: Vectors, reference: Vectors) -> Fidelity:
    """Rows are unit vectors of the same pictures, or of the same texts. The nearest of each are
    sought among the variant's own vectors and among the reference's, as in a gallery that holds
    both.
    """
    truth = _nearest(reference, reference, itself=False)
    found = (_nearest(variant, stored, itself=False) for stored in (variant, reference))
    return Fidelity(_cosine(variant, reference), min(_overlap(one, truth) for one in found))


def of_texts(
    variant: Vectors, reference: Vectors, *, pictures: Vectors, reference_pictures: Vectors
) -> Fidelity:
    """The same of texts; each seeks pictures of the variant in use and the reference's."""
    truth = _nearest(reference, reference_pictures, itself=True)
    found = (_nearest(variant, stored, itself=True) for stored in (pictures, reference_pictures))
    return Fidelity(_cosine(variant, reference), min(_overlap(one, truth) for one in found))


def _cosine(variant: Vectors, reference: Vectors) -> float:
    return float(np.einsum("ij,ij->i", variant, reference).mean())


def _nearest(asked: Vectors, stored: Vectors, *, itself: bool) -> npt.NDArray[np.int64]:
    """``(n, 10)`` row numbers, nearest first."""
    cosines = asked @ stored.T
    if not itself:
        np.fill_diagonal(cosines, -np.inf)
    return np.argsort(-cosines, axis=1, kind="stable")[:, :NEAREST]


def _overlap(found: npt.NDArray[np.int64], truth: npt.NDArray[np.int64]) -> float:
    shared = [len(set(a) & set(b)) for a, b in zip(found.tolist(), truth.tolist(), strict=True)]
    return float(np.mean(shared) / truth.shape[1])
