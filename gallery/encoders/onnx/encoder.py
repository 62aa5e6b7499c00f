"""The fast encoder: both towers in ONNX Runtime, without torch and transformers.

Texts are tokenised here and pictures become numbers here, so nothing that is given can be taken
for an address or a path.
"""

from __future__ import annotations

import math
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
import PIL.Image
from onnxruntime.capi import onnxruntime_pybind11_state as failures
from tokenizers import Tokenizer

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.base import WIDTH, Fingerprint
from gallery.encoders.contract import checked, encodable, threads
from gallery.encoders.onnx import files
from gallery.encoders.onnx.files import Card
from gallery.encoders.onnx.preprocess import pixel_values

Vectors = npt.NDArray[np.float32]

_PICTURES_AT_ONCE = 8
_TEXTS_AT_ONCE = 64
# The library's errors have no base of their own.
_UNREADABLE = (
    OSError, ValueError, RuntimeError, failures.Fail, failures.InvalidProtobuf,
    failures.InvalidGraph, failures.NoSuchFile, failures.NotImplemented, failures.RuntimeException,
)  # fmt: skip
_OUT_OF_MEMORY = re.compile(r"bad_alloc|failed to allocate|out of memory", re.I)


class OnnxEncoder:
    """Safe to share between threads. Each core works on a picture batch of its own from pixels to
    vectors, with ONNX Runtime single-threaded: 122 pictures a second instead of 100 with two
    threads on one batch, which wait for each other after every operation (docs/benchmarks.md).

    A tower is read when it is first asked: a process that only searches by words has no need of
    the pictures' half.
    """

    def __init__(self, fingerprint: Fingerprint, folder: Path, card: Card) -> None:
        self.fingerprint = fingerprint
        self.logit_scale = card.logit_scale
        self._folder = folder
        self._card = card
        self._preprocessing = card.picture_settings()
        self.picture_side = min(self._preprocessing.side)
        self._reading = threading.Lock()
        self._towers: dict[str, Any] = {}
        self._threads = threads()
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="pictures")
        self._tokenizer = _tokenizer(folder / files.TOKENIZER, card)

    def encode_images(self, images: list[PIL.Image.Image]) -> Vectors:
        if not images:
            return np.empty((0, WIDTH), dtype=np.float32)
        size = min(_PICTURES_AT_ONCE, math.ceil(len(images) / self._threads))
        batches = [images[start : start + size] for start in range(0, len(images), size)]
        return np.concatenate(list(self._pool.map(self._pictures, batches)))

    def encode_texts(self, texts: list[str]) -> Vectors:
        """Texts of like length go together, so that little is computed for padding."""
        vectors = np.empty((len(texts), WIDTH), dtype=np.float32)
        encoded = self._tokenizer.encode_batch([encodable(text) for text in texts])
        tokens = [encoding.ids for encoding in encoded]
        order = sorted(range(len(texts)), key=lambda place: len(tokens[place]))
        for start in range(0, len(order), _TEXTS_AT_ONCE):
            places = order[start : start + _TEXTS_AT_ONCE]
            feed = self._padded([tokens[place] for place in places])
            vectors[places] = checked(_unit(_run(self._tower(files.TEXT), feed)), len(places))
        return vectors

    def _pictures(self, images: list[PIL.Image.Image]) -> Vectors:
        feed = {self._card.picture_input: pixel_values(images, self._preprocessing)}
        return checked(_unit(_run(self._tower(files.VISUAL), feed)), len(images))

    def _tower(self, name: str) -> Any:
        with self._reading:
            if name not in self._towers:
                self._towers[name] = _session(self._folder / name)
            return self._towers[name]

    def _padded(self, rows: list[list[int]]) -> dict[str, npt.NDArray[np.int64]]:
        longest = max(len(row) for row in rows)
        ids = np.full((len(rows), longest), self._card.pad, dtype=np.int64)
        mask = np.zeros((len(rows), longest), dtype=np.int64)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = row
            mask[number, : len(row)] = 1
        feed = {"input_ids": ids, "attention_mask": mask}
        return {name: feed[name] for name in self._card.text_inputs}


def _session(file: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except _UNREADABLE as error:
        raise EncoderUnavailable(f"The model file {file} cannot be read: {error}") from error


def _run(session: Any, feed: dict[str, Any]) -> Vectors:
    """Raises ``MemoryError`` when the batch does not fit."""
    try:
        vectors: Vectors = session.run(["vectors"], feed)[0]
    except (failures.Fail, failures.RuntimeException) as error:
        if _OUT_OF_MEMORY.search(str(error)):
            raise MemoryError(str(error)) from error
        raise
    return vectors


def _unit(vectors: Vectors) -> Vectors:
    """Rows of norm 1; a row without a direction stays zero and is refused by ``checked``."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / np.maximum(norms, np.float32(1e-12))
    return unit


def _tokenizer(file: Path, card: Card) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:
        raise EncoderUnavailable(f"The tokenizer {file} cannot be read: {error}") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(card.max_tokens)
    return tokenizer
