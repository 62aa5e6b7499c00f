"""Texts to vectors in ONNX Runtime: a model's text half, or a model that reads texts only."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gallery.encoders.base import WIDTH, Computations, Vectors
from gallery.encoders.contract import threads
from gallery.encoders.onnx import files
from gallery.encoders.onnx.computations import text_computation
from gallery.encoders.onnx.session import TowerSession
from gallery.encoders.onnx.tokenizer import TextTokenizer

_AT_ONCE = 64


class OnnxTextEncoder:
    """Safe to share between threads. The tokenizer is read at once, the graph when it is asked."""

    def __init__(self, folder: Path, card: files.TextCard) -> None:
        """Raises ``EncoderUnavailable``."""
        self._tokenizer = TextTokenizer(folder / files.TOKENIZER, card)
        self.session = TowerSession(folder / files.TEXT, threads=min(card.text_threads, threads()))
        self._card = card

    @property
    def computations(self) -> Computations:
        return {"texts": text_computation(self._card)}

    def encode_texts(self, texts: list[str]) -> Vectors:
        """Texts of like length go together, so that little is computed for padding."""
        vectors = np.empty((len(texts), WIDTH), dtype=np.float32)
        encoded = self._tokenizer.encode(texts)
        order = sorted(range(len(texts)), key=lambda index: len(encoded[index]))
        for start in range(0, len(order), _AT_ONCE):
            indices = order[start : start + _AT_ONCE]
            feed = self._tokenizer.padded([encoded[index] for index in indices])
            vectors[indices] = self.session.vectors(feed, len(indices))
        return vectors
