"""The sentence-transformers encoder: whatever the model, its folder is read by this code.

Text goes in as ``{"text": …}`` and pictures as ``PIL.Image``: a bare string that looks like an
address, a data URI or a path would be fetched and opened as a picture by the library.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import PIL.Image
import torch
from safetensors import SafetensorError
from sentence_transformers import SentenceTransformer
from transformers.utils import logging as transformers_logging

from gallery.core.errors import EncoderMismatch, EncoderUnavailable
from gallery.encoders.base import (
    BY_TORCH,
    USUAL_SCALE,
    WIDTH,
    Computations,
    Fingerprint,
    Vectors,
    unit_vectors,
)
from gallery.encoders.contract import cropped_rgb, encodable, threads
from gallery.encoders.model.fingerprint import PROCESSOR_BACKEND, fingerprint_of
from gallery.encoders.model.folder import UNREADABLE, ModelFolder
from gallery.encoders.model.parts import refuse_foreign_activation
from gallery.encoders.model.width import is_cut, refuse_width

TEXTS_AT_ONCE = 64
_OUT_OF_MEMORY = re.compile(r"out of memory|can't allocate memory|not enough memory", re.I)
_UNREADABLE = (*UNREADABLE, SafetensorError)


class SentenceTransformerEncoder:
    """Safe to share between threads: one batch is computed at a time."""

    def __init__(self, folder: ModelFolder) -> None:
        self.fingerprint: Fingerprint = fingerprint_of(folder)
        self._name = folder.name
        self._lock = threading.Lock()
        torch.set_num_threads(threads())
        with blaming(folder):
            self.model = read(folder, backend=PROCESSOR_BACKEND)
            self.picture_processor = _picture_processor(self.model)
            self._crops = bool(getattr(self.picture_processor, "do_center_crop", False))
            self.picture_side = _picture_side(self.picture_processor)
            self.logit_scale = _logit_scale(self.model)
            self._refuse_other_shapes()

    @property
    def on_gpu(self) -> bool:
        return bool(self.model.device.type != "cpu")

    @property
    def computations(self) -> Computations:
        return {"pictures": BY_TORCH, "texts": BY_TORCH}

    def encode_images(self, images: list[PIL.Image.Image]) -> Vectors:
        return self._encode(
            [cropped_rgb(image, crops=self._crops) for image in images], len(images)
        )

    def encode_texts(self, texts: list[str]) -> Vectors:
        return self._encode([{"text": encodable(text)} for text in texts], TEXTS_AT_ONCE)

    def _encode(self, inputs: list[Any], at_once: int) -> Vectors:
        if not inputs:
            return np.empty((0, WIDTH), dtype=np.float32)
        return unit_vectors(self._run(inputs, at_once), len(inputs))

    def _run(self, inputs: list[Any], at_once: int) -> Vectors:
        with self._lock:
            return compute(self.model, inputs, at_once=at_once)

    def _refuse_other_shapes(self) -> None:
        """Raise ``EncoderMismatch`` unless texts and pictures both become 512 numbers."""
        for modality, sample in {
            "texts": {"text": "a picture"},
            # Of no size that would pass through without being resized and cropped.
            "pictures": PIL.Image.new("RGB", (311, 257), "grey"),
        }.items():
            if not self.model.supports("text" if modality == "texts" else "image"):
                raise EncoderMismatch(
                    f"The model {self._name} cannot read {modality}: "
                    "set GALLERY_ENCODER to a model that reads texts and pictures.",
                    encoder=self._name,
                )
            refuse_width(self._name, self._run([sample], 1).shape[-1])


def compute(model: SentenceTransformer, inputs: list[Any], *, at_once: int) -> Vectors:
    """Unit rows ``(n, width) float32``; raises ``MemoryError`` when the batch does not fit."""
    try:
        with torch.inference_mode():
            vectors = model.encode(
                inputs, batch_size=at_once, normalize_embeddings=True, show_progress_bar=False
            )
    except RuntimeError as error:
        if _OUT_OF_MEMORY.search(str(error)):
            raise MemoryError(str(error)) from error
        raise
    return np.asarray(vectors, dtype=np.float32)


def read(folder: ModelFolder, **processor: str) -> SentenceTransformer:
    """Weights from safetensors only, no code of the model's, nothing from the network.

    Raises ``EncoderUnavailable``.
    """
    refuse_foreign_activation(folder)
    with blaming(folder), calm_console():
        model = SentenceTransformer(
            str(folder.path),
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True, "dtype": torch.float32},
            processor_kwargs=processor,
            truncate_dim=WIDTH if is_cut(folder) else None,
        )
        _limit_length(model)
        return model.eval()


@contextmanager
def blaming(folder: ModelFolder) -> Iterator[None]:
    """What a foreign folder leads to becomes ``EncoderUnavailable``, with the folder's name."""
    try:
        yield
    except _UNREADABLE as error:
        raise EncoderUnavailable(
            f"The model {folder.name} in {folder.path} cannot be loaded: {error}",
            encoder=folder.name,
        ) from error


def _limit_length(model: Any) -> None:
    """Some tokenizers name no limit, and a long text would then run off the position table."""
    text = getattr(model[0].config, "text_config", model[0].config)
    positions = getattr(text, "max_position_embeddings", None)
    if positions and (model.max_seq_length or positions + 1) > positions:
        model.max_seq_length = positions


def _picture_processor(model: Any) -> Any:
    return getattr(model[0].processor, "image_processor", None)


def _picture_side(processor: Any) -> int:
    """The shorter side of what the model gets; CLIP's where the processor does not say."""
    size: Any = getattr(processor, "size", None) or {}
    return min((int(value) for value in dict(size).values() if value), default=224)


def _logit_scale(model: Any) -> float:
    learned = getattr(model[0].auto_model, "logit_scale", None)
    return USUAL_SCALE if learned is None else float(learned.detach().exp())


@contextmanager
def calm_console() -> Iterator[None]:
    """Keep notices and bars about weights being read off the console; errors are raised."""
    console: Any = transformers_logging  # its functions carry no types
    notices = logging.getLogger("sentence_transformers")
    level, bars, before = (
        console.get_verbosity(),
        console.is_progress_bar_enabled(),
        notices.level,
    )
    console.set_verbosity_error()
    console.disable_progress_bar()
    notices.setLevel(logging.ERROR)
    try:
        yield
    finally:
        console.set_verbosity(level)
        notices.setLevel(before)
        if bars:
            console.enable_progress_bar()
