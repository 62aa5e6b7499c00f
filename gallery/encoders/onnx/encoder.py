"""The fast encoder: both towers in ONNX Runtime, without torch and transformers.

Texts are tokenised here and pictures become numbers here, so nothing that is given can be taken
for an address or a path.
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
from gallery.encoders.contract import threads
from gallery.encoders.onnx import files
from gallery.encoders.onnx.computations import picture_computation
from gallery.encoders.onnx.files import Card
from gallery.encoders.onnx.preprocess import pixel_values
from gallery.encoders.onnx.session import TowerSession
from gallery.encoders.onnx.text_encoder import OnnxTextEncoder

_PICTURES_AT_ONCE = 8


class OnnxEncoder:
    """Safe to share between threads. Each core works on a picture batch of its own from pixels to
    vectors, with ONNX Runtime single-threaded: 122 pictures a second instead of 100 with two
    threads on one batch, which wait for each other after every operation (docs/benchmarks.md).
    """

    def __init__(
        self,
        fingerprint: Fingerprint,
        folder: Path,
        card: Card,
        *,
        fallback: Callable[[], Encoder] | None = None,
    ) -> None:
        """A tower's file is read when it is first asked for, and may have been lost or damaged
        by then: ``fallback`` gives who serves until it is there again. Raises
        ``EncoderUnavailable``, and without ``fallback`` both methods do.
        """
        self.fingerprint = fingerprint
        self._fallback = fallback
        self.logit_scale = card.logit_scale
        self._picture_input = card.picture_input
        self._preprocessing = card.picture_settings()
        self.picture_side = min(self._preprocessing.side)
        self._threads = threads()
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="pictures")
        self._visual = TowerSession(folder / files.VISUAL)
        self._texts = OnnxTextEncoder(folder, card)
        self._card = card

    @property
    def computations(self) -> Computations:
        """Torch stands in for a tower whose file could not be read when it was last needed."""
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
        if fallback := self._fallback_of(self._visual):
            return fallback.encode_images(images)
        size = min(_PICTURES_AT_ONCE, math.ceil(len(images) / self._threads))
        batches = [images[start : start + size] for start in range(0, len(images), size)]
        return np.concatenate(list(self._pool.map(self._pictures, batches)))

    def encode_texts(self, texts: list[str]) -> Vectors:
        if fallback := self._fallback_of(self._texts.session):
            return fallback.encode_texts(texts)
        return self._texts.encode_texts(texts)

    def _fallback_of(self, session: TowerSession) -> Encoder | None:
        try:
            session.read()
        except EncoderUnavailable:
            if self._fallback is None:
                raise
            return self._fallback()
        return None

    def _pictures(self, images: list[PIL.Image.Image]) -> Vectors:
        feed = {self._picture_input: pixel_values(images, self._preprocessing)}
        return self._visual.vectors(feed, len(images))
