"""Read a CLIP model's learned logit scale from its weights, without loading the model."""

from __future__ import annotations

import math
from contextlib import suppress
from pathlib import Path

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.base import USUAL_SCALE
from gallery.encoders.model.folder import ModelFolder


def learned_scale(folder: ModelFolder) -> float:
    """``USUAL_SCALE`` for a model without a learned scale.

    Raises ``EncoderUnavailable`` if the weights cannot be read.
    """
    from safetensors import SafetensorError

    try:
        for file in sorted(folder.transformer.glob("model*.safetensors")):
            logarithm = _read_number(file, "logit_scale")
            if logarithm is not None:
                return math.exp(logarithm)
    except (OSError, SafetensorError) as error:
        raise EncoderUnavailable(
            f"The model {folder.name} in {folder.path} cannot be read: {error}",
            encoder=folder.name,
        ) from error
    return USUAL_SCALE


def _read_number(file: Path, name: str) -> float | None:
    """None if the file has no tensor of this name."""
    from safetensors import safe_open

    with safe_open(file, framework="np") as weights:
        if name not in weights.keys():  # noqa: SIM118, not a dictionary
            return None
        with suppress(TypeError):  # NumPy has no bfloat16
            return float(weights.get_tensor(name))
    with safe_open(file, framework="pt") as weights:
        return float(weights.get_tensor(name))
