"""Texts to vectors in ONNX Runtime: a model's text half, or a model that reads texts only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from gallery.encoders.base import WIDTH, Computations
from gallery.encoders.contract import threads
from gallery.encoders.onnx import files, measured
from gallery.encoders.onnx.graph import Graph
from gallery.encoders.onnx.tokens import Tokens

Vectors = npt.NDArray[np.float32]

_AT_ONCE = 64


class OnnxTexts:
    """Safe to share between threads. The tokenizer is read at once, the graph when it is asked."""

    def __init__(self, folder: Path, card: files.TextCard) -> None:
        """Raises ``EncoderUnavailable``."""
        self._tokens = Tokens(folder / files.TOKENIZER, card)
        self.graph = Graph(folder / files.TEXT, threads=min(card.text_threads, threads()))
        self._card = card

    @property
    def computations(self) -> Computations:
        return {"texts": measured.of_texts(self._card)}

    def encode_texts(self, texts: list[str]) -> Vectors:
        """Texts of like length go together, so that little is computed for padding."""
        vectors = np.empty((len(texts), WIDTH), dtype=np.float32)
        encoded = self._tokens.of(texts)
        order = sorted(range(len(texts)), key=lambda place: len(encoded[place]))
        for start in range(0, len(order), _AT_ONCE):
            places = order[start : start + _AT_ONCE]
            feed = self._tokens.padded([encoded[place] for place in places])
            vectors[places] = self.graph.vectors(feed, len(places))
        return vectors
