"""An encoder that computes both towers in ONNX Runtime, without torch and transformers.

Texts go straight to a tokenizer and pictures arrive decoded, so no input can be mistaken for a
URL or a path.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import PIL.Image

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.base import BY_TORCH, WIDTH, Computations, Encoder, Fingerprint, Vectors
from gallery.encoders.onnx import files
from gallery.encoders.onnx.card import Card
from gallery.encoders.onnx.computations import picture_computation
from gallery.encoders.onnx.preprocess import pixel_values
from gallery.encoders.onnx.session import TowerSession
from gallery.encoders.onnx.text_encoder import OnnxTextEncoder
from gallery.encoders.threads import thread_count

_PICTURES_PER_BATCH = 8


class OnnxEncoder:
    """Safe to share between threads.

    Each core processes its own batch of pictures, from pixels to vectors, and ONNX Runtime
    computes it with one thread. On two cores this encodes 122 pictures per second with ViT-B/32.
    With two threads per batch it is 100 per second, because the threads wait for each other after
    every operation (docs/benchmarks.md).
    """

    def __init__(
        self,
        fingerprint: Fingerprint,
        folder: Path,
        card: Card,
        *,
        fallback: Callable[[], Encoder] | None = None,
    ) -> None:
        """Raises ``EncoderUnavailable`` if the tokenizer cannot be read.

        The graph of a tower is read when it is first used, and may be lost or damaged by then.
        ``fallback`` returns the encoder that serves until the graph can be read again. Without
        ``fallback`` both methods raise ``EncoderUnavailable`` in this case.
        """
        self.fingerprint = fingerprint
        self._fallback = fallback
        self.logit_scale = card.logit_scale
        self._picture_input = card.picture_input
        self._preprocessing = card.picture_preprocessing()
        self.picture_side = min(self._preprocessing.side)
        self._threads = thread_count()
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="pictures")
        self._visual = TowerSession(folder / files.VISUAL)
        self._texts = OnnxTextEncoder(folder, card)
        self._card = card

    @property
    def computations(self) -> Computations:
        """Names torch for a tower whose graph could not be read when it was last used."""
        towers: Computations = {
            "pictures": picture_computation(self._card),
            **self._texts.computations,
        }
        if self._visual.unreadable:
            towers["pictures"] = BY_TORCH
        if self._texts.session.unreadable:
            towers["texts"] = BY_TORCH
        return towers

    def encode_images(self, images: list[PIL.Image.Image]) -> Vectors:
        if not images:
            return np.empty((0, WIDTH), dtype=np.float32)
        if fallback := self._fallback_for(self._visual):
            return fallback.encode_images(images)
        size = min(_PICTURES_PER_BATCH, math.ceil(len(images) / self._threads))
        batches = [images[start : start + size] for start in range(0, len(images), size)]
        return np.concatenate(list(self._pool.map(self._encode_batch, batches)))

    def encode_texts(self, texts: list[str]) -> Vectors:
        if fallback := self._fallback_for(self._texts.session):
            return fallback.encode_texts(texts)
        return self._texts.encode_texts(texts)

    def _fallback_for(self, session: TowerSession) -> Encoder | None:
        """The encoder to use instead of this session; None if its graph can be read."""
        try:
            session.read()
        except EncoderUnavailable:
            if self._fallback is None:
                raise
            return self._fallback()
        return None

    def _encode_batch(self, images: list[PIL.Image.Image]) -> Vectors:
        feed = {self._picture_input: pixel_values(images, self._preprocessing)}
        return self._visual.vectors(feed, len(images))
