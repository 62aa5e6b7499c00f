"""Load the model before somebody waits for it."""

from __future__ import annotations

import logging
import threading

import PIL.Image
from django.db import DatabaseError, connection

from gallery.core.errors import GalleryError
from gallery.embeddings import spaces
from gallery.encoders.onnx import background_export as fast_path

log = logging.getLogger(__name__)


def warm_up(*, pictures: bool = False) -> None:
    """The half that reads texts, or the one for ``pictures``, in a thread of its own: the process
    answers meanwhile, and without a model too.

    A process that warms up will live long, so it may also have the fast path prepared.
    """
    fast_path.allow()
    threading.Thread(target=load_now, args=[pictures], daemon=True, name="warm-up").start()


def load_now(pictures: bool) -> None:
    """Past the memory of query vectors: that the answer is known loads nothing."""
    try:
        encoder = spaces.encoder_of(spaces.active())
        if pictures:
            encoder.encode_images([PIL.Image.new("RGB", (encoder.picture_side,) * 2, "grey")])
        else:
            encoder.encode_texts(["a picture"])
    except (GalleryError, DatabaseError, MemoryError) as error:
        log.info("no encoder to load yet: %s", error)
    finally:
        connection.close()
