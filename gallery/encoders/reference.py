"""The sentence-transformers encoder: whatever the model, its folder is read by this code.

Text goes in as ``{"text": …}`` and pictures as ``PIL.Image``: a bare string that looks like an
address, a data URI or a path would be fetched and opened as a picture by the library.
"""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import PIL.Image
import torch
from safetensors import SafetensorError
from sentence_transformers import SentenceTransformer
from transformers.utils import logging as transformers_logging

from gallery.core.errors import BadEmbedding, EncoderMismatch, EncoderUnavailable
from gallery.encoders.base import WIDTH, Fingerprint
from gallery.encoders.fingerprint import PROCESSOR_BACKEND, fingerprint_of
from gallery.encoders.model_folder import ModelFolder

Vectors = npt.NDArray[np.float32]

_TEXTS_AT_ONCE = 64
_NORM_TOLERANCE = 1e-3
# Where CLIP's learned scale is clipped, and where the published ones stand (Radford et al. 2021,
# 2.5): for models that do not keep theirs.
_USUAL_SCALE = 100.0
# Beyond eight threads a ViT-B/32 gains nothing.
_MOST_THREADS = 8
# The processor resizes the short side to 224 before it crops: a 1:800 strip would become 40 Mpx.
_WIDEST = 4
_OUT_OF_MEMORY = re.compile(r"out of memory|can't allocate memory|not enough memory", re.I)
# What reading a foreign folder can end in.
_UNREADABLE = (
    OSError, ValueError, RuntimeError, LookupError, TypeError, AttributeError, ImportError,
    SafetensorError,
)  # fmt: skip


class SentenceTransformerEncoder:
    """Safe to share between threads: one batch is computed at a time."""

    def __init__(self, folder: ModelFolder) -> None:
        self.fingerprint: Fingerprint = fingerprint_of(folder)
        self._name = folder.name
        self._lock = threading.Lock()
        torch.set_num_threads(_threads())
        self._model = _read(folder)
        self._crops = getattr(_picture_processor(self._model), "do_center_crop", False)
        self.logit_scale = _logit_scale(self._model)
        self._refuse_other_shapes()

    def encode_images(self, images: list[PIL.Image.Image]) -> Vectors:
        return self._encode([self._tamed(image) for image in images], len(images))

    def encode_texts(self, texts: list[str]) -> Vectors:
        return self._encode([{"text": _encodable(text)} for text in texts], _TEXTS_AT_ONCE)

    def _encode(self, inputs: list[Any], at_once: int) -> Vectors:
        if not inputs:
            return np.empty((0, WIDTH), dtype=np.float32)
        return _checked(self._run(inputs, at_once), len(inputs))

    def _run(self, inputs: list[Any], at_once: int) -> Vectors:
        try:
            with self._lock, torch.inference_mode():
                vectors = self._model.encode(
                    inputs,
                    batch_size=at_once,
                    normalize_embeddings=True,
                    show_progress_bar=False,
                )
        except RuntimeError as error:
            if _OUT_OF_MEMORY.search(str(error)):
                raise MemoryError(str(error)) from error
            raise
        return np.asarray(vectors, dtype=np.float32)

    def _tamed(self, image: PIL.Image.Image) -> PIL.Image.Image:
        """RGB; of a strip only the middle, of which the processor would see even less."""
        longest = _WIDEST * min(image.size)
        if self._crops and max(image.size) > longest:
            left, top = (max(0, (side - longest) // 2) for side in image.size)
            image = image.crop((left, top, image.width - left, image.height - top))
        return image if image.mode == "RGB" else image.convert("RGB")

    def _refuse_other_shapes(self) -> None:
        """Raise ``EncoderMismatch`` unless texts and pictures both become 512 numbers."""
        for modality, sample in {
            "texts": {"text": "a picture"},
            "pictures": PIL.Image.new("RGB", (224, 224), "grey"),
        }.items():
            if not self._model.supports("text" if modality == "texts" else "image"):
                raise EncoderMismatch(
                    f"The model {self._name} cannot read {modality}: "
                    "set GALLERY_ENCODER to a model that reads texts and pictures.",
                    encoder=self._name,
                )
            width = self._run([sample], 1).shape[-1]
            if width != WIDTH:
                raise EncoderMismatch(
                    f"The model {self._name} gives vectors of {width} numbers, but the database "
                    f"keeps {WIDTH}: set GALLERY_ENCODER to a model of that width.",
                    encoder=self._name,
                    width=width,
                )


def _read(folder: ModelFolder) -> SentenceTransformer:
    try:
        with _calm_console():
            model = SentenceTransformer(
                str(folder.path),
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True, "dtype": torch.float32},
                processor_kwargs={"backend": PROCESSOR_BACKEND},
            )
    except _UNREADABLE as error:
        raise EncoderUnavailable(
            f"The model {folder.name} in {folder.path} cannot be loaded: {error}",
            encoder=folder.name,
        ) from error
    _limit_length(model)
    return model.eval()


def _limit_length(model: Any) -> None:
    """Some tokenizers name no limit, and a long text would then run off the position table."""
    text = getattr(model[0].config, "text_config", None)
    positions = getattr(text, "max_position_embeddings", None)
    if positions and (model.max_seq_length or positions + 1) > positions:
        model.max_seq_length = positions


def _picture_processor(model: Any) -> object:
    return getattr(model[0].processor, "image_processor", None)


def _logit_scale(model: Any) -> float:
    learned = getattr(model[0].auto_model, "logit_scale", None)
    return _USUAL_SCALE if learned is None else float(learned.detach().exp())


def _threads() -> int:
    asked = os.environ.get("GALLERY_TORCH_THREADS", "")
    if asked.isdecimal() and int(asked):
        return int(asked)
    return min(torch.get_num_threads(), _MOST_THREADS)


def _encodable(text: str) -> str:
    """Without lone surrogates, which JSON can carry and the tokenizer refuses."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _checked(vectors: Vectors, count: int) -> Vectors:
    if vectors.shape != (count, WIDTH):
        raise BadEmbedding(f"The encoder gave vectors of shape {vectors.shape}.")
    if not np.isfinite(vectors).all():
        raise BadEmbedding("The encoder gave a vector that is not finite.")
    if (np.abs(np.linalg.norm(vectors, axis=1) - 1) > _NORM_TOLERANCE).any():
        raise BadEmbedding("The encoder gave a vector without a direction.")
    return vectors


@contextmanager
def _calm_console() -> Iterator[None]:
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
