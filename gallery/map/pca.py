"""The two directions in which the vectors of a sample differ most (principal components)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

# The widest pictures of the sample are this far from the origin, so most others stay inside.
_EXTENT = 0.95


@dataclass(frozen=True)
class Axes:
    """``mean`` has the shape (512,), ``axes`` (2, 512). The axes are scaled, so they are no unit
    vectors: the largest coordinate of the sample is ``_EXTENT``.
    """

    mean: Vectors
    axes: Vectors

    def coordinates(self, vectors: Vectors) -> npt.NDArray[np.float64]:
        """``(n, 2)``, between -1 and 1."""
        return np.clip((vectors - self.mean) @ self.axes.T, -1, 1).astype(np.float64)


def axes_of(vectors: Vectors) -> Axes:
    """These are eigenvectors of the covariance: the sample is larger than it is wide.

    The sign of each axis is that of its largest component, so the same vectors give the same map.
    """
    mean = vectors.mean(axis=0)
    centred = vectors - mean
    covariance = centred.T @ centred / len(vectors)
    axes = np.linalg.eigh(covariance.astype(np.float64))[1][:, :-3:-1].T
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    axes = axes * np.sign(largest)
    extent = float(np.abs(centred @ axes.T).max())
    return Axes(mean, (axes * _EXTENT / max(extent, 1e-6)).astype(np.float32))
