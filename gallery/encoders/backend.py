"""Choose what computes a model's vectors: torch (the reference) or its ONNX files.

On the first start there are no ONNX files. The process loads the model with torch and starts the
export (``onnx.background_export``), a child process (``onnx_export``) that writes the files and
their card. With each encoding, the process looks for the card (``successor``); when it is there,
ONNX Runtime replaces torch in this process. A process that starts later never imports torch.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from gallery.core.config import config
from gallery.core.errors import EncoderUnavailable
from gallery.encoders.base import Encoder, Fingerprint, TextEncoder
from gallery.encoders.lazy import Lazy
from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.onnx import background_export
from gallery.encoders.onnx.card import Card, TextCard
from gallery.encoders.onnx.export_folder import (
    ExportFolder,
    model_export_folder,
    text_export_folder,
)

log = logging.getLogger(__name__)

TORCH, ONNX = "torch", "onnx"
# Device files of NVIDIA's and AMD's drivers. Only torch knows whether it can use the GPU.
GPU_DEVICES = (Path("/dev/nvidiactl"), Path("/dev/kfd"))

AnyEncoder = TypeVar("AnyEncoder", bound=TextEncoder)


@dataclass(frozen=True)
class _Backends(Generic[AnyEncoder]):
    """The two ways to load a model. ``load_reference`` also returns whether it runs on a GPU."""

    export_folder: ExportFolder[Any]
    load_fast: Callable[[Any], AnyEncoder]
    load_reference: Callable[[], tuple[AnyEncoder, bool]]

    def fast(self) -> AnyEncoder | None:
        """The ONNX encoder; None if its files do not exist, did not pass the gate or cannot be
        read.
        """
        card = self.export_folder.card()
        if card is None or not card.usable:
            return None
        try:
            return self.load_fast(card)
        except EncoderUnavailable as error:
            log.warning("torch is used instead of the ONNX files: %s", error)
            return None


# The torch encoders that ONNX encoders replace as soon as the export is complete.
_awaiting_export: WeakKeyDictionary[TextEncoder, _Backends[Any]] = WeakKeyDictionary()


def load(model: ModelFolder) -> Encoder:
    """The ONNX encoder if its files can be used; else torch, and an export starts in background.

    ``GALLERY_ENCODER_BACKEND`` is ``torch`` (never ONNX), ``onnx`` (even if torch has a GPU) or
    ``auto`` (ONNX unless torch has a GPU). Raises ``EncoderUnavailable`` and ``EncoderMismatch``.
    """
    fingerprint = fingerprint_of(model)
    folder = model_export_folder(fingerprint)
    return _choose(
        model,
        _Backends[Encoder](
            folder, lambda card: _fast(model, fingerprint, folder, card), lambda: _reference(model)
        ),
    )


def load_texts(model: ModelFolder) -> TextEncoder:
    """Like ``load``, but for a model that only encodes texts."""
    folder = text_export_folder(fingerprint_of(model))
    return _choose(
        model,
        _Backends[TextEncoder](
            folder, lambda card: _fast_texts(folder.path, card), lambda: _reference_texts(model)
        ),
    )


def successor(encoder: AnyEncoder) -> AnyEncoder | None:
    """The ONNX encoder, if its files were completed after this torch encoder was loaded.

    Only one caller gets it; later calls return None. The result is also None if no variant passed
    the gate or the files cannot be read: then this process computes with torch until it ends.
    """
    backends = _awaiting_export.get(encoder)
    if backends is None or backends.export_folder.card() is None:
        return None
    if _awaiting_export.pop(encoder, None) is None:
        return None
    fast: AnyEncoder | None = backends.fast()
    return fast


def _choose(model: ModelFolder, backends: _Backends[AnyEncoder]) -> AnyEncoder:
    setting = config().encoder_backend
    fast = None if setting == TORCH else backends.fast()
    if fast is not None and (setting == ONNX or not _may_have_a_gpu()):
        return fast
    reference, on_gpu = backends.load_reference()
    if setting == TORCH or (setting != ONNX and on_gpu):
        return reference
    if fast is None and backends.export_folder.card() is None:
        _awaiting_export[reference] = backends
        background_export.begin(model, backends.export_folder)
    return fast or reference


# The imports are inside the functions because they are expensive: ONNX Runtime needs 60 MB, torch
# 300 MB and some seconds.


def _fast(
    model: ModelFolder, fingerprint: Fingerprint, folder: ExportFolder[Any], card: Card
) -> Encoder:
    from gallery.encoders.onnx.encoder import OnnxEncoder

    fallback = Lazy(lambda: _replace_lost_files(model, folder))
    return OnnxEncoder(fingerprint, folder.path, card, fallback=fallback)


def _replace_lost_files(model: ModelFolder, folder: ExportFolder[Any]) -> Encoder:
    """The torch encoder, which serves until the files can be read again; starts a new export."""
    log.warning(
        "torch is used for %s: the files in %s are lost or damaged", model.name, folder.path
    )
    folder.discard()
    background_export.begin(model, folder)
    return _reference(model)[0]


def _fast_texts(folder: Path, card: TextCard) -> TextEncoder:
    from gallery.encoders.onnx.text_encoder import OnnxTextEncoder

    texts = OnnxTextEncoder(folder, card)
    texts.session.read()  # raises now, so that torch can be loaded instead
    return texts


def _reference(model: ModelFolder) -> tuple[Encoder, bool]:
    from gallery.encoders.reference.encoder import ReferenceEncoder

    reference = ReferenceEncoder(model)
    return reference, reference.on_gpu


def _reference_texts(model: ModelFolder) -> tuple[TextEncoder, bool]:
    from gallery.encoders.reference.text_encoder import ReferenceTextEncoder

    reference = ReferenceTextEncoder(model)
    return reference, reference.on_gpu


def _may_have_a_gpu() -> bool:
    return any(device.exists() for device in GPU_DEVICES)
