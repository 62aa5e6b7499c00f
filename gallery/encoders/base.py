"""The interface of encoders, and the fingerprint that says which vectors are comparable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
import numpy.typing as npt

from gallery.core.errors import BadEmbedding

if TYPE_CHECKING:
    import PIL.Image

WIDTH = 512

# The type checker does not check shapes: the two names say which one is meant.
Vector = npt.NDArray[np.float32]  # (512,)
Vectors = npt.NDArray[np.float32]  # (n, 512), one vector per row

_NORM_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Fingerprint:
    """Vectors may be compared only if all four fields are equal.

    ``revision`` changes with the weights: it is the commit of a hub model, else a digest of the
    files.
    """

    name: str
    revision: str
    preprocessing: str
    width: int

    def __str__(self) -> str:
        """At most 200 characters; the same on every machine."""
        text = f"{self.name[-60:]} {self.revision[:40]} {self.preprocessing} {self.width}"
        return text[:200]


# The logit scale of a model whose files have none. CLIP's training clips the learned scale to 100,
# and the published models have reached it (Radford et al. 2021, section 2.5).
USUAL_SCALE = 100.0

# The half of a CLIP model that encodes pictures or texts, or a model used for one of them only.
Tower = Literal["pictures", "texts"]


@dataclass(frozen=True)
class Computation:
    """How the vectors of one tower are computed.

    ``variant`` is the precision of the weights: ``fp32``, or the name of an 8-bit variant.
    ``milliseconds`` is the time for one text, or for one picture in a batch of 16, measured by the
    gate during the export. ``measured_on`` names the format, the library and the processor of
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

# Torch computes every model in float32.
BY_TORCH = Computation("torch", "fp32")


def summary(computations: Computations) -> str:
    """One line for the log, such as "pictures onnx int8 9.4 ms"; empty without computations."""
    return ", ".join(f"{tower} {computation}" for tower, computation in computations.items())


def unit_vectors(rows: Vectors, count: int) -> Vectors:
    """The rows, unchanged. Raises ``BadEmbedding`` unless they are ``(count, 512)``, finite and of
    norm 1 with a tolerance of 0.001.
    """
    if rows.shape != (count, WIDTH):
        raise BadEmbedding(f"The encoder gave vectors of shape {rows.shape}.")
    if not np.isfinite(rows).all():
        raise BadEmbedding("The encoder gave a vector that is not finite.")
    if (np.abs(np.linalg.norm(rows, axis=1) - 1) > _NORM_TOLERANCE).any():
        raise BadEmbedding("The encoder gave a vector without a direction.")
    return rows


class TextEncoder(Protocol):
    """The part of ``Encoder`` that concerns texts, with the same promises."""

    @property
    def computations(self) -> Computations:
        """How each tower computes now. A tower whose model is not loaded yet is left out: this
        reads no file and loads no model.
        """
        ...

    def encode_texts(self, texts: list[str]) -> Vectors: ...


class Encoder(TextEncoder, Protocol):
    """Both ``encode`` methods return ``(n, 512) float32``, rows of norm 1 in the order of the
    inputs. They may be called from any thread.

    They raise ``BadEmbedding`` for a vector that is not finite or has no direction, and
    ``MemoryError`` if the batch does not fit into memory.
    """

    @property
    def fingerprint(self) -> Fingerprint: ...

    @property
    def logit_scale(self) -> float:
        """The factor of the cosines before a softmax turns them into probabilities."""
        ...

    @property
    def picture_side(self) -> int:
        """The length in pixels to which the encoder resizes the shorter side of a picture."""
        ...

    def encode_images(self, images: list[PIL.Image.Image]) -> Vectors: ...
