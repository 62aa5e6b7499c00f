"""A cache of query vectors: in this process, and in Redis for all processes.

The key contains the encoder's fingerprint and the model for texts (two such models may share one
picture space), so a vector is never used with another model. It contains a digest of the text
instead of the text, so that Redis does not show what people search for.

In Redis each model has a fixed number of slots, and the digest of a text decides which slot it
uses. So queries, malicious ones included, cannot fill Redis, which also holds the task queue and
refuses work when it is full.
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


# Entries in each process: about 3 MB of vectors and texts.
_PROCESS_ENTRIES = 1000
# Vectors never become wrong, because the fingerprint changes with the model. The time limit only
# frees the memory of texts that are not searched for any more.
_SECONDS = 30 * 24 * 3600
# Entries in Redis for each model. An entry has the digest and the vector: at most 35 MB together.
SLOTS = 1 << 14
_DIGEST = hashlib.sha256().digest_size
_BYTES = _DIGEST + WIDTH * np.dtype(np.float32).itemsize
_SLOTS_AT_ONCE = 2048
# Seconds for which Redis is not used after an error.
_PAUSE = 30.0


class Key(NamedTuple):
    """``text`` is normalised; ``reader`` is ``ResolvedModel.text_reader``."""

    fingerprint: str
    reader: str
    text: str

    @property
    def slot(self) -> str:
        """The name of the slot in Redis. Several texts may have the same slot."""
        return self.slot_name(int.from_bytes(_digest(self)[:8]) % SLOTS)

    def slot_name(self, number: int) -> str:
        """The name of a slot of the same model."""
        model = hashlib.sha256(f"{self.fingerprint}\0{self.reader}".encode()).hexdigest()[:24]
        return f"query:{model}:{number}"


_vectors: LRUCache[Key, Vector] = LRUCache(_PROCESS_ENTRIES)
_lock = threading.Lock()
# On the clock of ``time.monotonic``.
_paused_until = 0.0


def get(keys: Sequence[Key]) -> dict[Key, Vector]:
    """The cached vectors, ``(512,) float32``, read-only; keys that are not cached are left out."""
    with _lock:
        cached = {key: _vectors[key] for key in keys if key in _vectors}
    missing = [key for key in keys if key not in cached]
    shared = _from_redis(missing) if missing else {}
    with _lock:
        _vectors.update(shared)
    return cached | shared


def put(vectors: dict[Key, Vector]) -> None:
    """Make the vectors read-only and cache them; in this process only if Redis is down."""
    for vector in vectors.values():
        vector.flags.writeable = False
    with _lock:
        _vectors.update(vectors)
    if _is_paused():
        return
    rows = vectors.items()
    try:
        cache.set_many(
            {key.slot: _digest(key) + vector.astype("<f4").tobytes() for key, vector in rows},
            _SECONDS,
        )
    except (RedisError, OSError) as error:
        _pause(error)


def sample(fingerprint: str, reader: str, count: int) -> list[Vector]:
    """Vectors of up to ``count`` texts that were searched for, from Redis; none if Redis is down.

    The slots of texts are random, so these are random texts of the last 30 days.
    """
    names = [Key(fingerprint, reader, "").slot_name(slot) for slot in range(SLOTS)]
    vectors: list[Vector] = []
    for start in range(0, SLOTS, _SLOTS_AT_ONCE):
        if len(vectors) >= count or _is_paused():
            break
        try:
            entries = cache.get_many(names[start : start + _SLOTS_AT_ONCE])
        except (RedisError, OSError) as error:
            _pause(error)
            break
        vectors += [
            np.frombuffer(entry, dtype="<f4", offset=_DIGEST)
            for entry in entries.values()
            if isinstance(entry, bytes) and len(entry) == _BYTES
        ]
    return vectors[:count]


def forget() -> None:
    """Empty the cache of this process, and use Redis again at once if it had failed."""
    global _paused_until
    _paused_until = 0.0
    with _lock:
        _vectors.clear()


def _from_redis(keys: Sequence[Key]) -> dict[Key, Vector]:
    if _is_paused():
        return {}
    try:
        entries = cache.get_many({key.slot for key in keys})
    except (RedisError, OSError) as error:
        _pause(error)
        return {}
    by_key = {key: entries.get(key.slot) for key in keys}
    return {
        key: np.frombuffer(entry, dtype="<f4", offset=_DIGEST)
        for key, entry in by_key.items()
        if isinstance(entry, bytes) and len(entry) == _BYTES and entry.startswith(_digest(key))
    }


def _digest(key: Key) -> bytes:
    return hashlib.sha256(key.text.encode("utf-8", "surrogatepass")).digest()


def _is_paused() -> bool:
    return time.monotonic() < _paused_until


def _pause(error: Exception) -> None:
    global _paused_until
    _paused_until = time.monotonic() + _PAUSE
    log.warning("query vectors are not shared between processes for now: %s", error)
