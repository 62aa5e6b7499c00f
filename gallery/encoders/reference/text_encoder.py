"""The reference encoder of a model that is used for texts only, computed with torch.

Texts are passed as ``{"text": …}``, for the reason given in ``encoder.py``.
"""

from __future__ import annotations

import threading

import numpy as np
import torch

from gallery.core.errors import EncoderMismatch
from gallery.encoders.base import BY_TORCH, WIDTH, Computations, Vectors, unit_vectors
from gallery.encoders.inputs import encodable
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.model.width import refuse_width
from gallery.encoders.reference import torch_model
from gallery.encoders.threads import thread_count


class ReferenceTextEncoder:
    """Threads may share it: one batch is computed at a time."""

    def __init__(self, folder: ModelFolder) -> None:
        """Raises ``EncoderUnavailable`` for a folder that cannot be read, and ``EncoderMismatch``
        for a model that does not encode texts as 512 numbers.
        """
        self._lock = threading.Lock()
        torch.set_num_threads(thread_count())
        self.model = torch_model.read(folder)
        if not self.model.supports("text"):
            raise EncoderMismatch(
                f"The model {folder.name} cannot read texts: name one that does before the `+`.",
                encoder=folder.name,
            )
        with torch_model.unreadable_model(folder):
            refuse_width(folder.name, self._compute(["a picture"]).shape[-1])

    @property
    def on_gpu(self) -> bool:
        return bool(self.model.device.type != "cpu")

    @property
    def computations(self) -> Computations:
        return {"texts": BY_TORCH}

    def encode_texts(self, texts: list[str]) -> Vectors:
        """Like ``Encoder.encode_texts``."""
        if not texts:
            return np.empty((0, WIDTH), dtype=np.float32)
        return unit_vectors(self._compute(texts), len(texts))

    def _compute(self, texts: list[str]) -> Vectors:
        inputs = [{"text": encodable(text)} for text in texts]
        with self._lock:
            return torch_model.compute(self.model, inputs, batch_size=torch_model.TEXT_BATCH)
