"""How this process computes the vectors of a space."""

from __future__ import annotations

from gallery.encoders import loader
from gallery.encoders.base import Computations
from gallery.models import EmbeddingSpace


def of(space: EmbeddingSpace) -> Computations | None:
    """By tower; a tower whose model this process has not loaded is left out.

    None when this process has not loaded the encoder. Loads no model and reads no file.
    """
    encoder = loader.held(space.encoder, space.fingerprint)
    return None if encoder is None else encoder.computations
