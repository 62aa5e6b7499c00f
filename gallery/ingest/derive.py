"""One picture from its original to its previews. The row says whose turn it is."""

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
    TooManyPixels,
)
from gallery.media import decode, storage
from gallery.models import Image, State

log = logging.getLogger(__name__)

# Beside the decoding: start of the child, moving three files.
_MARGIN_SECONDS = 30
# Between two looks at a store that does not answer.
_STORAGE_PAUSE = timedelta(seconds=30)


def derive(image_id: str | uuid.UUID) -> None:
    """Decode a stored image that nobody works on, write its previews, hint *embed*.

    The picture's own faults end in its row: damaged or too large is ``failed`` at once; a
    decoder that dies or takes too long is tried again and ``quarantined`` after
    ``max_attempts``. A store that does not answer leaves the row ``stored``, its reason
    visible, however long it takes.
    """
    image = _claim(image_id)
    if image is None:
        return
    try:
        with storage.job_folder() as folder:
            decoded = decode.decode(storage.original_path(image), image.format, folder)
            storage.keep_previews(image.pk, decoded.previews)
    except (CorruptImage, TooManyPixels) as error:
        _end(image, State.FAILED, error)
    except (DecoderCrash, TooExpensive) as error:
        _again_or_quarantine(image, error)
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
    kept = image.release(
        state=State.DERIVED,
        attempts=0,
        next_attempt_at=Now(),
        updated_at=Now(),
        width=decoded.width,
        height=decoded.height,
        colour=decoded.colour,
        exif=decoded.exif,
        error_code="",
        error_message="",
    )
    if kept:
        _note_taken_at(image, decoded.taken_at)
        hint(Stage.EMBED)
    elif not Image.objects.filter(pk=image.pk).exists():
        # Deleted while we worked: its files were removed before ours came.
        storage.forget(image.pk)


def _note_taken_at(image: Image, taken_at: str | None) -> None:
    """A camera's clock knows no zone: without an offset it is read in the site's own."""
    if taken_at is None:
        return
    moment = datetime.fromisoformat(taken_at)
    moment = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    # Never over what a person has entered meanwhile.
    Image.objects.filter(pk=image.pk, taken_at=None).update(taken_at=moment)


def _end(image: Image, state: State, error: GalleryError) -> None:
    log.info("image %s is %s: %s", image.pk, state, error.code)
    image.release(state=state, updated_at=Now(), **_reason(error))


def _again_or_quarantine(image: Image, error: GalleryError) -> None:
    log.warning("image %s, attempt %s: %s", image.pk, image.attempts, error.message)
    if image.attempts >= config().max_attempts:
        _end(image, State.QUARANTINED, error)
    else:
        image.back_off(updated_at=Now(), **_reason(error))


def _wait_for_storage(image: Image, error: GalleryError) -> None:
    """The attempt does not count: it says nothing about the picture."""
    log.warning("image %s waits: %s", image.pk, error.message)
    image.release(
        attempts=image.attempts - 1,
        next_attempt_at=Now() + _STORAGE_PAUSE,
        updated_at=Now(),
        **_reason(error),
    )


def _reason(error: GalleryError) -> dict[str, Any]:
    return {"error_code": error.code, "error_message": error.message[:300]}
