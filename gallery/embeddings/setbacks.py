"""What becomes of images that could not be embedded: later, derived again, failed, put aside."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone

from gallery.core.config import config
from gallery.core.errors import BadEmbedding, GalleryError
from gallery.models import Image, ImageQuerySet, State

log = logging.getLogger(__name__)

# Between two looks for an encoder that is not there.
_PAUSE = timedelta(seconds=30)
_JUST_DERIVED = timedelta(seconds=60)


def no_encoder(waiting: ImageQuerySet, error: GalleryError) -> None:
    """The rows keep their attempts: it says nothing about the pictures."""
    count = waiting.update(
        error_code=error.code, error_message=error.message[:300], next_attempt_at=Now() + _PAUSE
    )
    log.warning("%s images wait for an encoder: %s", count, error)


def lost_encoder(held: list[Image], error: GalleryError) -> None:
    """The same, found out with rows in hand."""
    for image in held:
        image.release(
            attempts=image.attempts - 1,
            error_code=error.code,
            error_message=error.message[:300],
            next_attempt_at=Now() + _PAUSE,
        )
    log.warning("%s images go back to wait for an encoder: %s", len(held), error)


def no_preview(image: Image, error: Exception) -> None:
    """A preview that got lost is derived anew; one that was never there would be for ever."""
    log.warning("the preview of image %s cannot be read: %s", image.pk, error)
    code, made_again = "preview_missing", "The preview was lost and is made again."
    if timezone.now() - image.updated_at > _JUST_DERIVED:
        release = {"state": State.STORED, "attempts": 0, "next_attempt_at": Now()}
        image.release(**release, error_code=code, error_message=made_again)
    else:
        _later(image, code, "The preview just made cannot be read: do the workers share a folder?")


def no_vector(image: Image, error: BadEmbedding | MemoryError) -> None:
    log.warning("image %s cannot be embedded: %s", image.pk, error)
    if isinstance(error, BadEmbedding):
        _end(image, State.FAILED, error.code, error.message)
    else:
        _later(image, "out_of_memory", "The encoder ran out of memory.")


def interrupted(image: Image) -> None:
    """The workers that held it were lost, each time it was their only picture but the first."""
    reason = f"The process that embedded the picture was lost {image.attempts - 1} times."
    log.warning("image %s quarantined: %s", image.pk, reason)
    _end(image, State.QUARANTINED, "embedding_interrupted", reason)


def _later(image: Image, code: str, message: str) -> None:
    if image.attempts < config().max_attempts:
        image.back_off(error_code=code, error_message=message)
    else:
        _end(image, State.FAILED, code, message)


def _end(image: Image, state: State, code: str, message: str) -> None:
    image.release(state=state, error_code=code, error_message=message[:300], updated_at=Now())
