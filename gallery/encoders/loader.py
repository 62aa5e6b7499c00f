"""The encoders that this process has loaded; each model is loaded once per process."""

from __future__ import annotations

import logging
import threading
import time

from gallery.core import long_lived
from gallery.encoders import backend, towers
from gallery.encoders.base import Encoder, summary
from gallery.encoders.model.resolved import ResolvedModel

log = logging.getLogger(__name__)

# During a change of encoder the old model answers searches while the new one encodes the backfill.
_MAX_LOADED = 2

_lock = threading.Lock()
# The keys are names of models. The times are those of ``time.monotonic``.
_loaded: dict[str, Encoder] = {}
_last_used: dict[str, float] = {}


def load(model: ResolvedModel) -> Encoder:
    """The encoder of the model's files as they are now; threads that call together load it once.

    At most two encoders are kept: a third one replaces the one that was used longest ago, after
    it has been loaded, so that a failure to load it loses nothing. An encoder of the same name
    with another fingerprint is replaced.

    Raises ``EncoderUnavailable`` if the files cannot be read, and ``EncoderMismatch`` if the model
    does not encode texts and pictures as 512 numbers.
    """
    fingerprint = str(model.fingerprint)
    encoder = reuse(model.name, fingerprint)
    if encoder is not None:
        return encoder
    with _lock:
        encoder = held(model.name, fingerprint)
        if encoder is None:
            encoder = _load(model)
            _make_room(model.name)
            _loaded[model.name] = encoder
        _last_used[model.name] = time.monotonic()
        return encoder


def reuse(name: str, fingerprint: str) -> Encoder | None:
    """The loaded encoder of this name and fingerprint, to encode with; None if there is none.

    Works even if the model's files have changed or are gone. If the ONNX files of an encoder that
    computes with torch have become ready, they are loaded now and their encoder is returned; other
    threads do not wait for that and get the encoder that computes with torch.
    """
    encoder = held(name, fingerprint)
    if encoder is None:
        return None
    _last_used[name] = time.monotonic()
    return _upgraded(name, encoder)


def held(name: str, fingerprint: str) -> Encoder | None:
    """Like ``reuse``, but loads no ONNX files, and the encoder does not count as used."""
    encoder = _loaded.get(name)
    return encoder if encoder is not None and str(encoder.fingerprint) == fingerprint else None


def forget(name: str) -> None:
    """Free the encoder's memory at a collection after the last thread has used it."""
    _loaded.pop(name, None)
    _last_used.pop(name, None)
    # The parts of a model refer to each other, so only a collection frees them.
    long_lived.include_once()


def forget_all() -> None:
    """Forget all loaded encoders; used by tests."""
    for name in list(_loaded):
        forget(name)


def _make_room(name: str) -> None:
    others = sorted(set(_loaded) - {name}, key=lambda other: _last_used.get(other, 0.0))
    for other in others[: max(0, len(others) + 1 - _MAX_LOADED)]:
        forget(other)


def _upgraded(name: str, encoder: Encoder) -> Encoder:
    """One thread loads the ONNX files, and meanwhile the others use the encoder as it is."""
    if not _lock.acquire(blocking=False):
        return encoder
    try:
        faster = backend.successor(encoder)
        if faster is None or _loaded.get(name) is not encoder:
            return encoder
        _loaded[name] = faster
        long_lived.include_once()
        computations = summary(faster.computations)
        log.info(
            "encoder %s: ONNX Runtime takes over from torch: %s",
            encoder.fingerprint,
            computations,
        )
        return faster
    finally:
        _lock.release()


def _load(model: ResolvedModel) -> Encoder:
    started = time.perf_counter()
    encoder = towers.new_encoder(model)
    seconds = time.perf_counter() - started
    computations = summary(encoder.computations) or "each model is loaded when it is needed"
    log.info("encoder %s loaded in %.1f s: %s", encoder.fingerprint, seconds, computations)
    return encoder
