"""Decides which space this process searches while it loads the encoder of a new active space.

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
_last_searched: EmbeddingSpace | None = None
_loading: threading.Thread | None = None


def space_to_search() -> EmbeddingSpace:
    """The active space; while this process loads its encoder, the space it searched before.

    If the encoder cannot be loaded, the active space is returned afterwards, and the search
    reports the error. Raises ``EncoderUnavailable`` if no encoder is chosen yet.
    """
    global _last_searched, _loading
    active = spaces.recently_active()
    with _lock:
        if not _previous_answers(active):
            _last_searched = active
        elif _loading is None:
            _loading = threading.Thread(
                target=_load, args=[active, _last_searched], daemon=True, name="load-encoder"
            )
            _loading.start()
        return _last_searched or active


def _previous_answers(active: EmbeddingSpace) -> bool:
    """Whether this process has the encoder of the space it searched last, but not of the active."""
    if _last_searched is None or _last_searched.pk == active.pk:
        return False
    if spaces.loaded_encoder_of(active, pictures=False) is not None:
        return False
    exists = EmbeddingSpace.objects.filter(pk=_last_searched.pk, dropping=False).exists()
    return exists and spaces.loaded_encoder_of(_last_searched, pictures=False) is not None


def _load(active: EmbeddingSpace, previous: EmbeddingSpace) -> None:
    """Load the encoder for texts; processes of the same site do so one after the other.

    If the memory is too small for both encoders, the previous one is freed first.
    """
    global _last_searched, _loading
    try:
        with waiting_for(Lock.LOAD_ENCODER):
            try:
                memory.require(spaces.model_of(active))
            except NotEnoughMemory as error:
                log.warning("searches wait for the new encoder: %s", error)
                loader.forget(previous.encoder)
            spaces.encoder_of(active).encode_texts(["a picture"])
    except (GalleryError, DatabaseError, MemoryError) as error:
        log.warning("the encoder of the active space cannot be loaded: %s", error)
    finally:
        with _lock:
            _last_searched, _loading = active, None
        connection.close()
