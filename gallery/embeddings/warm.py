"""Load the model before somebody waits for it."""

from __future__ import annotations

import logging
import threading

from django.db import DatabaseError, connection

from gallery.core.errors import GalleryError
from gallery.embeddings import encode, spaces
from gallery.encoders.onnx import start as fast_path

log = logging.getLogger(__name__)


def warm_up() -> None:
    """In a thread of its own: the process answers meanwhile, and without a model too.

    A process that warms up will live long, so it may also have the fast path prepared.
    """
    fast_path.allow()
    threading.Thread(target=_load, daemon=True, name="warm-up").start()


def _load() -> None:
    try:
        encode.text_vector(spaces.active(), "a picture")
    except (GalleryError, DatabaseError) as error:
        log.info("no encoder to load yet: %s", error)
    finally:
        connection.close()
