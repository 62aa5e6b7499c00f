"""Load the active encoder when a process starts, before the first search waits for it."""

from __future__ import annotations

import logging
import threading

import PIL.Image
from django.db import DatabaseError, connection

from gallery.core import long_lived
from gallery.core.errors import GalleryError
from gallery.embeddings import spaces
from gallery.encoders.onnx import background_export

log = logging.getLogger(__name__)


def warm_up(*, pictures: bool = False) -> None:
    """Load the encoder for texts, or else for ``pictures``, in a thread of its own.

    Only processes that serve for a long time call this, so it also allows the export of the fast
    path, which takes minutes.
    """
    background_export.allow()
    threading.Thread(target=_load_and_settle, args=[pictures], daemon=True, name="warm-up").start()


def _load_and_settle(pictures: bool) -> None:
    load_now(pictures)
    long_lived.exclude()


def load_now(pictures: bool) -> None:
    """Encode one input, without the cache of query vectors, which would load nothing."""
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
