"""Name to encoder, loaded once per process."""

from __future__ import annotations

import logging
import threading
import time

from gallery.encoders import model_folder
from gallery.encoders.base import Encoder
from gallery.encoders.fingerprint import fingerprint_of

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
    is asked for that the files have by now; else it gives what it has.

    Raises ``EncoderUnavailable`` when the model is not on this machine or cannot be read,
    ``EncoderMismatch`` when it does not turn texts and pictures into 512 numbers.
    """
    _used[name] = time.monotonic()
    encoder = _loaded.get(name)
    if encoder is not None and fingerprint in ("", str(encoder.fingerprint)):
        return encoder
    with _lock:
        if name not in _loaded or _is_replaced(name, fingerprint):
            encoder = _load(name)
            _make_room(name)
            _loaded[name] = encoder
        return _loaded[name]


def _make_room(name: str) -> None:
    """Give the memory back before another model is kept."""
    others = sorted(set(_loaded) - {name}, key=lambda other: _used.get(other, 0.0))
    for other in others[: max(0, len(others) + 1 - _MOST)]:
        _loaded.pop(other, None)
        _used.pop(other, None)


def _is_replaced(name: str, fingerprint: str) -> bool:
    if fingerprint in ("", str(_loaded[name].fingerprint)):
        return False
    return str(fingerprint_of(model_folder.find(name))) == fingerprint


def _load(name: str) -> Encoder:
    folder = model_folder.find(name)
    started = time.perf_counter()
    # Imports torch, which takes seconds and 300 MB: only a process that encodes pays for it.
    from gallery.encoders.reference import SentenceTransformerEncoder

    encoder = SentenceTransformerEncoder(folder)
    log.info("encoder %s loaded in %.1f s", encoder.fingerprint, time.perf_counter() - started)
    return encoder
