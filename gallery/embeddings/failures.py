"""Decides what happens to images that get no vector: retry, derive again, fail, quarantine."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db.models.functions import Now

from gallery.core.config import config
from gallery.core.errors import BadEmbedding, GalleryError
from gallery.models import Image, ImageQuerySet, State
from gallery.models.images.image import PREVIEW_MISSING

log = logging.getLogger(__name__)

# The pause between two attempts to load an encoder that is not available.
_RETRY_AFTER = timedelta(seconds=30)
_PREVIEW_UNREADABLE = "preview_unreadable"


def no_encoder(waiting: ImageQuerySet, error: GalleryError) -> None:
    """Let the images wait. They keep their attempts, because the pictures are not the cause."""
    count = waiting.update(
        error_code=error.code,
        error_message=error.message[:300],
        next_attempt_at=Now() + _RETRY_AFTER,
    )
    log.warning("%s images wait for an encoder: %s", count, error)


def lost_encoder(claimed: list[Image], error: GalleryError) -> None:
    """Like ``no_encoder``, for images that are already claimed."""
    for image in claimed:
        image.release(
            attempts=image.attempts - 1,
            error_code=error.code,
            error_message=error.message[:300],
            next_attempt_at=Now() + _RETRY_AFTER,
        )
    log.warning("%s images go back to wait for an encoder: %s", len(claimed), error)


def no_preview(image: Image, error: Exception) -> None:
    """Derive the image again, once. If this process cannot read the new preview either, the image
    fails: otherwise workers that do not share a media folder would send it back for ever.
    """
    log.warning("the preview of image %s cannot be read: %s", image.pk, error)
    if image.error_code in (PREVIEW_MISSING, _PREVIEW_UNREADABLE):
        message = "The new preview cannot be read. Do all workers use the same media folder?"
        _retry_or_fail(image, _PREVIEW_UNREADABLE, message)
    else:
        changes = {"state": State.STORED, "attempts": 0, "next_attempt_at": Now()}
        message = "The preview was lost and is made again."
        image.release(**changes, error_code=PREVIEW_MISSING, error_message=message)


def no_vector(image: Image, error: BadEmbedding | MemoryError) -> None:
    log.warning("image %s cannot be embedded: %s", image.pk, error)
    if isinstance(error, BadEmbedding):
        _end(image, State.FAILED, error.code, error.message)
    else:
        _retry_or_fail(image, "out_of_memory", "The encoder ran out of memory.")


def interrupted(image: Image) -> None:
    """Quarantine an image whose workers were killed, although they encoded it alone."""
    reason = f"The process that embedded the picture was killed {image.attempts - 1} times."
    log.warning("image %s quarantined: %s", image.pk, reason)
    _end(image, State.QUARANTINED, "embedding_interrupted", reason)


def _retry_or_fail(image: Image, code: str, message: str) -> None:
    if image.attempts < config().max_attempts:
        image.back_off(error_code=code, error_message=message)
    else:
        _end(image, State.FAILED, code, message)


def _end(image: Image, state: State, code: str, message: str) -> None:
    image.release(state=state, error_code=code, error_message=message[:300], updated_at=Now())
