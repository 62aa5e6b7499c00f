"""Name to encoder, loaded once per process."""

from __future__ import annotations

import logging
import threading
import time

from gallery.encoders import backend
from gallery.encoders.base import Encoder, listed
from gallery.encoders.model import lookup
from gallery.encoders.model.fingerprint import fingerprint_of
from gallery.encoders.towers import composed

log = logging.getLogger(__name__)

# A change of model runs beside the model that answers meanwhile.
_MOST = 2

_lock = threading.Lock()
_loaded: dict[str, Encoder] = {}
_used: dict[str, float] = {}


def load(name: str, *, fingerprint: str = "") -> Encoder:
    """The encoder of this name; callers that come together wait for one loading.

    Two are kept; a third takes the place of the one that was asked for longest ago. A process
    that has loaded the model before its files were replaced loads it again when a ``fingerprint``
    is asked for that the files have by now; else it gives what it has. The reference gives way
    to the fast path as soon as that is there; nobody waits for it.

    Raises ``EncoderUnavailable`` when the model is not on this machine or cannot be read,
    ``EncoderMismatch`` when it does not turn texts and pictures into 512 numbers.
    """
    _used[name] = time.monotonic()
    encoder = _loaded.get(name)
    if encoder is not None and fingerprint in ("", str(encoder.fingerprint)):
        return _improved(name, encoder)
    with _lock:
        if name not in _loaded or _is_replaced(name, fingerprint):
            encoder = _load(name)
            _make_room(name)
            _loaded[name] = encoder
        return _loaded[name]


def held(name: str, fingerprint: str) -> Encoder | None:
    """What ``load`` would give without reading a file; None when it would read some."""
    encoder = _loaded.get(name)
    return encoder if encoder is not None and str(encoder.fingerprint) == fingerprint else None


def forget(name: str) -> None:
    """Give the memory of the encoder back, once nobody uses it any more."""
    _loaded.pop(name, None)
    _used.pop(name, None)


def forget_all() -> None:
    """Forget all loaded encoders; used by tests and when settings change."""
    _loaded.clear()
    _used.clear()


def _make_room(name: str) -> None:
    """Give the memory back before another model is kept."""
    others = sorted(set(_loaded) - {name}, key=lambda other: _used.get(other, 0.0))
    for other in others[: max(0, len(others) + 1 - _MOST)]:
        forget(other)


def _improved(name: str, encoder: Encoder) -> Encoder:
    """The fast path in the reference's place, loaded by one thread while the others go on."""
    if not _lock.acquire(blocking=False):
        return encoder
    try:
        better = backend.successor(encoder)
        if better is None or _loaded.get(name) is not encoder:
            return encoder
        _loaded[name] = better
        how = listed(better.computations)
        log.info("encoder %s: ONNX Runtime takes over from torch: %s", encoder.fingerprint, how)
        return better
    finally:
        _lock.release()


def _is_replaced(name: str, fingerprint: str) -> bool:
    if fingerprint in ("", str(_loaded[name].fingerprint)):
        return False
    return str(fingerprint_of(lookup.find(name))) == fingerprint


def _load(name: str) -> Encoder:
    folder = lookup.find(name)
    started = time.perf_counter()
    encoder = composed(folder)
    seconds = time.perf_counter() - started
    how = listed(encoder.computations) or "each model is read when it is needed"
    log.info("encoder %s loaded in %.1f s: %s", encoder.fingerprint, seconds, how)
    return encoder
