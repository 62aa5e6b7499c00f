"""A model that only reads texts, trained to give the text vectors of another one.

Texts go in typed, as in ``reference``: a bare string that looks like an address or a path would
be looked at by the library first.
"""

from __future__ import annotations

import threading

import numpy as np
import torch

from gallery.core.errors import EncoderMismatch
from gallery.encoders.base import BY_TORCH, WIDTH, Computations, Vectors, unit_vectors
from gallery.encoders.contract import encodable, threads
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.model.width import refuse_width
from gallery.encoders.reference import TEXTS_AT_ONCE, blaming, compute, read


class TextTower:
    """Safe to share between threads: one batch is computed at a time."""

    def __init__(self, folder: ModelFolder) -> None:
        """Raises ``EncoderUnavailable`` for a folder that cannot be read, ``EncoderMismatch``
        for a model that does not make 512 numbers of a text.
        """
        self._lock = threading.Lock()
        torch.set_num_threads(threads())
        self.model = read(folder)
        if not self.model.supports("text"):
            raise EncoderMismatch(
                f"The model {folder.name} cannot read texts: name one that does before the `+`.",
                encoder=folder.name,
            )
        with blaming(folder):
            refuse_width(folder.name, self._run(["a picture"]).shape[-1])

    @property
    def on_gpu(self) -> bool:
        return bool(self.model.device.type != "cpu")

    @property
    def computations(self) -> Computations:
        return {"texts": BY_TORCH}

    def encode_texts(self, texts: list[str]) -> Vectors:
        """As ``Encoder.encode_texts``."""
        if not texts:
            return np.empty((0, WIDTH), dtype=np.float32)
        return unit_vectors(self._run(texts), len(texts))

    def _run(self, texts: list[str]) -> Vectors:
        typed = [{"text": encodable(text)} for text in texts]
        with self._lock:
            return compute(self.model, typed, at_once=TEXTS_AT_ONCE)
