"""Which space this process searches, while it loads the encoder of a newly activated space.

Loading a model takes seconds. Without this, the first searches after a switch would wait for it.
"""

from __future__ import annotations

import logging
import threading

from django.db import DatabaseError, connection

from gallery.core.errors import GalleryError, NotEnoughMemory
from gallery.embeddings import spaces
from gallery.encoders import loader, memory
from gallery.models import EmbeddingSpace
from gallery.models.locks import Lock, waiting_for

log = logging.getLogger(__name__)

_lock = threading.Lock()
_last: EmbeddingSpace | None = None
_loading: threading.Thread | None = None


def space_to_search() -> EmbeddingSpace:
    """The active space; while this process loads its encoder, the space it searched before.

    If the encoder cannot be loaded, the active space is returned afterwards, and the search
    reports the error. Raises ``EncoderUnavailable`` if no encoder is chosen yet.
    """
    global _last, _loading
    active = spaces.active()
    with _lock:
        if not _must_wait(active):
            _last = active
        elif _loading is None:
            _loading = threading.Thread(
                target=_load, args=[active, _last], daemon=True, name="load-encoder"
            )
            _loading.start()
        return _last or active


def _must_wait(active: EmbeddingSpace) -> bool:
    """Whether the process can search the space before, and cannot search the active one yet."""
    if _last is None or _last.pk == active.pk:
        return False
    if spaces.loaded_encoder_of(active, pictures=False) is not None:
        return False
    exists = EmbeddingSpace.objects.filter(pk=_last.pk, dropping=False).exists()
    return exists and spaces.loaded_encoder_of(_last, pictures=False) is not None


def _load(active: EmbeddingSpace, before: EmbeddingSpace) -> None:
    """Load the encoder for texts; processes of the same site do so one after the other.

    If the memory is too small for both encoders, the one before is given up first.
    """
    global _last, _loading
    try:
        with waiting_for(Lock.LOAD_ENCODER):
            try:
                memory.require(spaces.model_of(active))
            except NotEnoughMemory as error:
                log.warning("searches wait for the new encoder: %s", error)
                loader.forget(before.encoder)
            spaces.encoder_of(active).encode_texts(["a picture"])
    except (GalleryError, DatabaseError, MemoryError) as error:
        log.warning("the encoder of the active space cannot be loaded: %s", error)
    finally:
        with _lock:
            _last, _loading = active, None
        connection.close()
