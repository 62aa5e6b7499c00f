"""What an encoder is and what makes two encoders' vectors comparable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
import numpy.typing as npt

from gallery.core.errors import BadEmbedding

if TYPE_CHECKING:
    import PIL.Image

WIDTH = 512

# One vector, ``(512,)``, and the rows of several, ``(n, 512)``.
Vector = npt.NDArray[np.float32]
Vectors = npt.NDArray[np.float32]

_NORM_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Fingerprint:
    """Vectors may be compared only when all four agree.

    ``revision`` changes with the weights: the commit of a hub model, else a digest of the files.
    """

    name: str
    revision: str
    preprocessing: str
    width: int

    def __str__(self) -> str:
        """The same on every machine, 200 characters at most."""
        text = f"{self.name[-60:]} {self.revision[:40]} {self.preprocessing} {self.width}"
        return text[:200]


# Where CLIP's learned scale is clipped, and where the published ones stand (Radford et al. 2021,
# 2.5): for models that do not keep theirs.
USUAL_SCALE = 100.0


Tower = Literal["pictures", "texts"]


@dataclass(frozen=True)
class Computation:
    """How the vectors of one tower are computed.

    ``variant`` is the precision of the weights: ``fp32``, or the name of an 8-bit variant.
    ``milliseconds`` is the time of one text, or of one picture in a batch of 16. The gate measured
    it when the files were made. ``measured_on`` names the format, the library and the processor of
    that measurement. Both are None for torch, which the gate does not time.
    """

    backend: Literal["torch", "onnx"]
    variant: str
    milliseconds: float | None = None
    measured_on: str | None = None

    def __str__(self) -> str:
        speed = "" if self.milliseconds is None else f" {self.milliseconds:g} ms"
        return f"{self.backend} {self.variant}{speed}"


Computations = dict[Tower, Computation]

# The reference reads every model in float32.
BY_TORCH = Computation("torch", "fp32")


def listed(computations: Computations) -> str:
    """One line for the log; empty when no tower is known."""
    return ", ".join(f"{tower} {computation}" for tower, computation in computations.items())


def unit_vectors(rows: Vectors, count: int) -> Vectors:
    """The rows, unchanged. Raises ``BadEmbedding`` unless they are ``(count, 512)`` unit rows."""
    if rows.shape != (count, WIDTH):
        raise BadEmbedding(f"The encoder gave vectors of shape {rows.shape}.")
    if not np.isfinite(rows).all():
        raise BadEmbedding("The encoder gave a vector that is not finite.")
    if (np.abs(np.linalg.norm(rows, axis=1) - 1) > _NORM_TOLERANCE).any():
        raise BadEmbedding("The encoder gave a vector without a direction.")
    return rows


class TextEncoder(Protocol):
    """As ``Encoder``, for texts alone."""

    @property
    def computations(self) -> Computations:
        """How each tower of this encoder computes now. Reads no file and loads no model; a tower
        whose model is not loaded yet is left out.
        """
        ...

    def encode_texts(self, texts: list[str]) -> Vectors: ...


class Encoder(TextEncoder, Protocol):
    """Both methods give ``(n, 512) float32``, unit rows in the order asked, from any thread.

    They raise ``BadEmbedding`` for a vector that is not finite or has no direction, and
    ``MemoryError`` when the batch does not fit.
    """

    @property
    def fingerprint(self) -> Fingerprint: ...

    @property
    def logit_scale(self) -> float:
        """What cosines are multiplied with before a softmax makes them probabilities."""
        ...

    @property
    def picture_side(self) -> int:
        """Pixels: a picture whose shorter side is at least this loses no detail to the encoder."""
        ...

    def encode_images(self, images: list[PIL.Image.Image]) -> Vectors: ...
