"""Which code computes a model's vectors: the reference, or the fast path where it serves."""

from __future__ import annotations

import logging
from pathlib import Path
from weakref import WeakKeyDictionary

from gallery.core.config import config
from gallery.core.errors import EncoderUnavailable
from gallery.encoders.base import Encoder, Fingerprint
from gallery.encoders.fingerprint import fingerprint_of
from gallery.encoders.model_folder import ModelFolder
from gallery.encoders.onnx import files, start

log = logging.getLogger(__name__)

TORCH, ONNX = "torch", "onnx"
# Of an NVIDIA and of an AMD card. Whether torch can use it, only torch knows.
_SIGNS_OF_A_GPU = (Path("/dev/nvidiactl"), Path("/dev/kfd"))

# References in whose place a fast path may come.
_awaiting: WeakKeyDictionary[Encoder, Fingerprint] = WeakKeyDictionary()


def load(model: ModelFolder) -> Encoder:
    """The fast path where its files serve, else the reference; the export is begun beside it.

    ``GALLERY_ENCODER_BACKEND`` is ``torch`` (never the fast path), ``onnx`` (also where torch has
    a GPU) or ``auto``. Raises ``EncoderUnavailable`` and ``EncoderMismatch``.
    """
    asked, fingerprint = config().encoder_backend, fingerprint_of(model)
    fast = None if asked == TORCH else _fast_path(fingerprint)
    if fast is not None and (asked == ONNX or not _may_have_a_gpu()):
        return fast
    # Imports torch, which takes seconds and 300 MB: only a process without the fast path pays.
    from gallery.encoders.reference import SentenceTransformerEncoder

    reference = SentenceTransformerEncoder(model)
    if asked == TORCH or (asked != ONNX and reference.on_gpu):
        return reference
    if fast is None and _card(fingerprint) is None:
        _awaiting[reference] = fingerprint
        start.begin(model, fingerprint)
    return fast or reference


def successor(encoder: Encoder) -> Encoder | None:
    """The fast path, once its files have come since this reference was loaded; else None."""
    fingerprint = _awaiting.get(encoder)
    if fingerprint is None or _card(fingerprint) is None:
        return None
    _awaiting.pop(encoder, None)
    return _fast_path(fingerprint)


def _fast_path(fingerprint: Fingerprint) -> Encoder | None:
    """None where there are no files, where they did not pass the gate or cannot be read."""
    card = _card(fingerprint)
    if card is None or not card.usable:
        return None
    # 60 MB of library that a process without an encoder does not need.
    from gallery.encoders.onnx.encoder import OnnxEncoder

    try:
        return OnnxEncoder(fingerprint, files.folder_of(fingerprint), card)
    except EncoderUnavailable as error:
        log.warning("the reference serves instead: %s", error)
        return None


def _card(fingerprint: Fingerprint) -> files.Card | None:
    return files.read_card(files.folder_of(fingerprint), fingerprint)


def _may_have_a_gpu() -> bool:
    return any(sign.exists() for sign in _SIGNS_OF_A_GPU)
