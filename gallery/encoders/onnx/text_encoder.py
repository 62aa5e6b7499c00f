"""Encode texts with ONNX Runtime: the text tower of a model, or a model used for texts only."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gallery.encoders.base import WIDTH, Computations, Vectors
from gallery.encoders.onnx import files
from gallery.encoders.onnx.card import TextCard
from gallery.encoders.onnx.computations import text_computation
from gallery.encoders.onnx.session import TowerSession
from gallery.encoders.onnx.tokenizer import TextTokenizer
from gallery.encoders.threads import thread_count

_TEXTS_PER_BATCH = 64


class OnnxTextEncoder:
    """Safe to share between threads.

    The tokenizer is read when the encoder is made, the graph on first use.
    """

    def __init__(self, folder: Path, card: TextCard) -> None:
        """Raises ``EncoderUnavailable`` if the tokenizer cannot be read."""
        self._tokenizer = TextTokenizer(folder / files.TOKENIZER, card)
        threads = min(card.text_threads, thread_count())
        self.session = TowerSession(folder / files.TEXT, threads=threads)
        self._card = card

    @property
    def computations(self) -> Computations:
        return {"texts": text_computation(self._card)}

    def encode_texts(self, texts: list[str]) -> Vectors:
        """``(n, 512) float32``, unit rows in the order of the texts.

        Texts of similar length share a batch, so that little time is spent on padding.
        """
        vectors = np.empty((len(texts), WIDTH), dtype=np.float32)
        encodings = self._tokenizer.encode(texts)
        order = sorted(range(len(texts)), key=lambda index: len(encodings[index]))
        for start in range(0, len(order), _TEXTS_PER_BATCH):
            indices = order[start : start + _TEXTS_PER_BATCH]
            feed = self._tokenizer.padded([encodings[index] for index in indices])
            vectors[indices] = self.session.vectors(feed, len(indices))
        return vectors
