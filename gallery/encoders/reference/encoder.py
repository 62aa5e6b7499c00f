"""The reference encoder: any CLIP model, computed by sentence-transformers with torch.

Its vectors are correct by definition; the export compares the ONNX variants with them. Texts are
passed as ``{"text": …}`` and pictures as ``PIL.Image``. The library would fetch and open a plain
string as a picture if it looks like a URL, a data URI or a path.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import PIL.Image
import torch

from gallery.core.errors import EncoderMismatch
from gallery.encoders.base import (
    BY_TORCH,
    USUAL_SCALE,
    WIDTH,
    Computations,
    Fingerprint,
    Vectors,
    unit_vectors,
)
from gallery.encoders.inputs import cropped_rgb, encodable
from gallery.encoders.model.fingerprint import PROCESSOR_BACKEND, fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.model.width import refuse_width
from gallery.encoders.reference import torch_model
from gallery.encoders.threads import thread_count


class ReferenceEncoder:
    """Threads may share it: one batch is computed at a time."""

    def __init__(self, folder: ModelFolder) -> None:
        """Raises ``EncoderUnavailable`` for a folder that cannot be read, and ``EncoderMismatch``
        for a model that does not encode texts and pictures as 512 numbers.
        """
        self.fingerprint: Fingerprint = fingerprint_of(folder)
        self._name = folder.name
        self._lock = threading.Lock()
        torch.set_num_threads(thread_count())
        with torch_model.unreadable_model(folder):
            self.model = torch_model.read(folder, backend=PROCESSOR_BACKEND)
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
        pictures = [cropped_rgb(image, crops=self._crops) for image in images]
        return self._encode(pictures, batch_size=len(pictures))

    def encode_texts(self, texts: list[str]) -> Vectors:
        inputs = [{"text": encodable(text)} for text in texts]
        return self._encode(inputs, batch_size=torch_model.TEXT_BATCH)

    def _encode(self, inputs: list[Any], batch_size: int) -> Vectors:
        if not inputs:
            return np.empty((0, WIDTH), dtype=np.float32)
        return unit_vectors(self._compute(inputs, batch_size), len(inputs))

    def _compute(self, inputs: list[Any], batch_size: int) -> Vectors:
        with self._lock:
            return torch_model.compute(self.model, inputs, batch_size=batch_size)

    def _refuse_other_shapes(self) -> None:
        samples = {
            "texts": {"text": "a picture"},
            # A size that the processor has to resize and to crop.
            "pictures": PIL.Image.new("RGB", (311, 257), "grey"),
        }
        for kind, sample in samples.items():
            if not self.model.supports("text" if kind == "texts" else "image"):
                raise EncoderMismatch(
                    f"The model {self._name} cannot read {kind}: "
                    "set GALLERY_ENCODER to a model that reads texts and pictures.",
                    encoder=self._name,
                )
            refuse_width(self._name, self._compute([sample], 1).shape[-1])


def _picture_processor(model: Any) -> Any:
    return getattr(model[0].processor, "image_processor", None)


def _picture_side(processor: Any) -> int:
    """The shorter side of the model's input in pixels; 224, as in CLIP, if it is not stated."""
    size: Any = getattr(processor, "size", None) or {}
    return min((int(value) for value in dict(size).values() if value), default=224)


def _logit_scale(model: Any) -> float:
    learned = getattr(model[0].auto_model, "logit_scale", None)
    return USUAL_SCALE if learned is None else float(learned.detach().exp())
