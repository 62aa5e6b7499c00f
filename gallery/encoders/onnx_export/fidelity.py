"""How similar a faster variant's vectors are to the reference's.

The name of an embedding space does not say which backend computed a vector, so vectors of both
must be interchangeable: they must point the same way, and a search must find the same pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gallery.encoders.base import Vectors

MIN_COSINE = 0.995
MIN_OVERLAP = 0.95
NEIGHBOURS = 10


@dataclass(frozen=True)
class Fidelity:
    """``cosine`` is the mean cosine of a variant's vectors with the reference's.

    ``overlap`` is the mean share of the ten nearest neighbours by the reference that the variant
    finds too. It is measured among the variant's vectors and among the reference's; the lower
    result counts.
    """

    cosine: float
    overlap: float

    @property
    def passes(self) -> bool:
        return self.cosine >= MIN_COSINE and self.overlap >= MIN_OVERLAP

    def figures(self) -> dict[str, Any]:
        """What the card says about the variant."""
        return {
            "cosine": round(self.cosine, 6),
            "overlap": round(self.overlap, 4),
            "passes": self.passes,
        }


def within_modality(variant: Vectors, reference: Vectors) -> Fidelity:
    """Compare unit vectors of the same pictures, or of the same texts; one row for each.

    The neighbours of each row are searched among the variant's rows and among the reference's,
    because a gallery may hold both.
    """
    expected = _nearest(reference, reference, include_self=False)
    neighbours = (_nearest(variant, stored, include_self=False) for stored in (variant, reference))
    overlap = min(_overlap(rows, expected) for rows in neighbours)
    return Fidelity(_mean_cosine(variant, reference), overlap)


def across_modalities(
    variant: Vectors, reference: Vectors, *, pictures: Vectors, reference_pictures: Vectors
) -> Fidelity:
    """Like ``within_modality``, but for texts whose neighbours are pictures.

    ``pictures`` are vectors of the picture variant that serves.
    """
    expected = _nearest(reference, reference_pictures, include_self=True)
    neighbours = (
        _nearest(variant, stored, include_self=True) for stored in (pictures, reference_pictures)
    )
    overlap = min(_overlap(rows, expected) for rows in neighbours)
    return Fidelity(_mean_cosine(variant, reference), overlap)


def _mean_cosine(variant: Vectors, reference: Vectors) -> float:
    return float(np.einsum("ij,ij->i", variant, reference).mean())


def _nearest(queries: Vectors, stored: Vectors, *, include_self: bool) -> npt.NDArray[np.int64]:
    """``(n, 10)`` row numbers, nearest first.

    Without ``include_self``, row i of ``stored`` is not among the neighbours of row i of
    ``queries``: both are vectors of the same picture or text.
    """
    cosines = queries @ stored.T
    if not include_self:
        np.fill_diagonal(cosines, -np.inf)
    return np.argsort(-cosines, axis=1, kind="stable")[:, :NEIGHBOURS]


def _overlap(neighbours: npt.NDArray[np.int64], expected: npt.NDArray[np.int64]) -> float:
    pairs = zip(neighbours.tolist(), expected.tolist(), strict=True)
    shared = [len(set(row) & set(expected_row)) for row, expected_row in pairs]
    return float(np.mean(shared) / expected.shape[1])
