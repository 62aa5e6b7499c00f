"""Query vectors that were asked for before: in this process, and in the cache all processes share.

The key holds the encoder's fingerprint and who reads the texts (two text encoders may share one
picture space), so vectors never meet another model's, and a digest of the text, so nobody reads in
Redis what was searched for.

In Redis each model has a fixed number of places, and a text's digest says which is its own: the
queue lives in the same Redis, which refuses work when it is full, so that questions of all kinds,
malicious ones too, must not fill it.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from cachetools import LRUCache
from django.core.cache import cache
from redis.exceptions import RedisError

from gallery.encoders.base import WIDTH, Vector

log = logging.getLogger(__name__)


# About 3 MB of vectors and texts in each process, enough for a site's favourite questions.
_REMEMBERED = 1000
# A model does not change under its fingerprint; the limit only gives forgotten texts back.
_SECONDS = 30 * 24 * 3600
# An entry is the text's digest and the vector: at most 35 MB of Redis for a model.
_PLACES = 1 << 14
_DIGEST = hashlib.sha256().digest_size
_BYTES = _DIGEST + WIDTH * np.dtype(np.float32).itemsize
# Nobody waits for a Redis that has just failed.
_PAUSE = 30.0


class Key(NamedTuple):
    """``text`` is normalised; ``reader`` is as in ``text_reader``."""

    fingerprint: str
    reader: str
    text: str


_here: LRUCache[Key, Vector] = LRUCache(_REMEMBERED)
_lock = threading.Lock()
_silent_until = 0.0


def get(keys: Sequence[Key]) -> dict[Key, Vector]:
    """``(512,) float32``, read-only, of those keys that somebody asked for before."""
    with _lock:
        found = {key: _here[key] for key in keys if key in _here}
    missing = [key for key in keys if key not in found]
    shared = _from_redis(missing) if missing else {}
    with _lock:
        _here.update(shared)
    return found | shared


def put(vectors: dict[Key, Vector]) -> None:
    """The vectors become read-only. A Redis that is down costs the sharing and nothing else."""
    for vector in vectors.values():
        vector.flags.writeable = False
    with _lock:
        _here.update(vectors)
    if _is_silent():
        return
    rows = vectors.items()
    try:
        cache.set_many(
            {_name(key): _digest(key) + vector.astype("<f4").tobytes() for key, vector in rows},
            _SECONDS,
        )
    except (RedisError, OSError) as error:
        _fall_silent(error)


def forget() -> None:
    """Empty this process's own memory; what is shared stays."""
    with _lock:
        _here.clear()


def _from_redis(keys: Sequence[Key]) -> dict[Key, Vector]:
    if _is_silent():
        return {}
    names = {key: _name(key) for key in keys}
    try:
        kept = cache.get_many(set(names.values()))
    except (RedisError, OSError) as error:
        _fall_silent(error)
        return {}
    found = {key: kept.get(name) for key, name in names.items()}
    return {
        key: np.frombuffer(value, dtype="<f4", offset=_DIGEST)
        for key, value in found.items()
        if isinstance(value, bytes) and len(value) == _BYTES and value.startswith(_digest(key))
    }


def _name(key: Key) -> str:
    model = hashlib.sha256(f"{key.fingerprint}\0{key.reader}".encode()).hexdigest()[:24]
    return f"query:{model}:{int.from_bytes(_digest(key)[:8]) % _PLACES}"


def _digest(key: Key) -> bytes:
    return hashlib.sha256(key.text.encode("utf-8", "surrogatepass")).digest()


def _is_silent() -> bool:
    return time.monotonic() < _silent_until


def _fall_silent(error: Exception) -> None:
    global _silent_until
    _silent_until = time.monotonic() + _PAUSE
    log.warning("query vectors are not shared between processes for now: %s", error)
