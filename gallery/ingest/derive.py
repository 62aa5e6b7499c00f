"""Derives the previews and metadata of one picture from its original."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db.models.functions import Now
from django.utils import timezone

from gallery.core.config import config
from gallery.core.dispatch import Stage, hint
from gallery.core.errors import (
    CorruptImage,
    DecoderCrash,
    GalleryError,
    StorageFull,
    StorageUnavailable,
    TooExpensive,
    TooManyParts,
    TooManyPixels,
)
from gallery.ingest import columns
from gallery.media import decode, storage
from gallery.models import Image, State

log = logging.getLogger(__name__)

# Time for everything except decoding: starting the child and moving three files.
_MARGIN_SECONDS = 30
# The wait between two attempts while the store cannot be used.
_STORAGE_PAUSE = timedelta(seconds=30)


def derive(image_id: str | uuid.UUID) -> None:
    """Claim a stored image, decode it, write its previews, hint *embed*.

    It does nothing if another worker holds the image. Problems with the picture are written to
    its row: a damaged or too large picture becomes ``failed`` at once; if the decoder crashes or
    takes too long, the image is tried again and becomes ``quarantined`` after ``max_attempts``.
    While the store cannot be used, the row stays ``stored`` and shows the reason.
    """
    image = _claim(image_id)
    if image is None:
        return
    try:
        with storage.decode_folder() as folder:
            decoded = decode.decode(storage.original_path(image), image.format, folder)
            storage.keep_previews(image.pk, decoded.previews)
    except (CorruptImage, TooManyParts, TooManyPixels) as error:
        _stop(image, State.FAILED, error)
    except (DecoderCrash, TooExpensive) as error:
        _retry_or_quarantine(image, error)
    except (StorageFull, StorageUnavailable) as error:
        _wait_for_storage(image, error)
    else:
        _finish(image, decoded)


def _claim(image_id: str | uuid.UUID) -> Image | None:
    limits = config()
    seconds = max(limits.lease_seconds, limits.decode_seconds + _MARGIN_SECONDS)
    claimed = Image.objects.awaiting(State.STORED).filter(pk=image_id).claim(1, seconds)
    return claimed[0] if claimed else None


def _finish(image: Image, decoded: decode.Decoded) -> None:
    released = image.release(
        state=State.DERIVED,
        attempts=0,
        next_attempt_at=Now(),
        updated_at=Now(),
        width=decoded.width,
        height=decoded.height,
        damaged=decoded.damaged,
        **columns.of_colour(decoded.colour),
        **columns.of_file(decoded.facts),
        error_code="",
        error_message="",
    )
    if released:
        _set_taken_at(image, decoded.facts.taken_at)
        hint(Stage.EMBED)
    elif not Image.objects.filter(pk=image.pk).exists():
        # The image was deleted during the decoding, before these previews were written.
        storage.forget(image.pk)


def _set_taken_at(image: Image, taken_at: str | None) -> None:
    """A time without an offset is taken to be in the site's time zone."""
    if taken_at is None:
        return
    moment = datetime.fromisoformat(taken_at)
    moment = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    # Does not overwrite a time that a person has entered.
    Image.objects.filter(pk=image.pk, taken_at=None).update(taken_at=moment)


def _stop(image: Image, state: State, error: GalleryError) -> None:
    log.info("image %s is %s: %s", image.pk, state, error.code)
    image.release(state=state, updated_at=Now(), **_reason(error))


def _retry_or_quarantine(image: Image, error: GalleryError) -> None:
    log.warning("image %s, attempt %s: %s", image.pk, image.attempts, error.message)
    if image.attempts >= config().max_attempts:
        _stop(image, State.QUARANTINED, error)
    else:
        image.back_off(updated_at=Now(), **_reason(error))


def _wait_for_storage(image: Image, error: GalleryError) -> None:
    """The attempt does not count, because the picture did not cause the error."""
    log.warning("image %s waits for storage: %s", image.pk, error.message)
    image.release(
        attempts=image.attempts - 1,
        next_attempt_at=Now() + _STORAGE_PAUSE,
        updated_at=Now(),
        **_reason(error),
    )


def _reason(error: GalleryError) -> dict[str, Any]:
    return {"error_code": error.code, "error_message": error.message[:300]}
