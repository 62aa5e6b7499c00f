"""Derives the previews and metadata of one picture from its original."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from gallery.core.dispatch import Stage, hint
from gallery.core.errors import (
    DecoderCrash,
    GalleryError,
    StorageFull,
    StorageUnavailable,
    TooBusy,
    TooExpensive,
    UndecodablePicture,
)
from gallery.ingest import turns
from gallery.ingest.facts import columns, keywords
from gallery.jobs import leases
from gallery.media import decode, durable, storage
from gallery.media.file_hashes import PacedReader
from gallery.media.limits.decoding_time import wall_seconds
from gallery.media.perceptual_hash import hashes_of_preview
from gallery.models import Image, State
from gallery.models.images.image import PREVIEW_MISSING
from gallery.models.moderation import reasons

log = logging.getLogger(__name__)

# Time for everything except decoding: starting the child and moving three files.
_MARGIN_SECONDS = 30
# The wait between two attempts while the store cannot be used.
_STORAGE_PAUSE = timedelta(seconds=30)
# The wait while other large pictures are being decoded. Their ends send messages for this one.
_MEMORY_PAUSE = timedelta(seconds=1)


def derive(image_id: str | uuid.UUID | None = None) -> bool:
    """Claim the stored image whose turn it is, decode it, write its previews, hint *embed*.

    That is the image of this id, unless ``turns`` prefers another one. False if there is none to
    decode now. Problems with the picture are written to its row: a damaged or too large picture
    becomes ``failed`` at once; if the decoder crashes or takes too long, the image is tried again
    and becomes ``quarantined`` after ``turns.most_attempts``. While the store cannot be used, the
    row stays ``stored`` and shows the reason.
    """
    image = turns.claim(image_id)
    if image is None:
        return False
    _derive(image)
    return True


def _derive(image: Image) -> None:
    is_first = image.attempts == 1
    try:
        # Until then the worker is taken to hang, for instance in a file system that is away.
        longest = wall_seconds() + _MARGIN_SECONDS
        with leases.kept([image], at_most=longest), storage.decode_folder() as folder:
            decoded = decode.decode(storage.original_path(image), image.format, folder, is_first)
            storage.keep_previews(image.pk, decoded.previews)
            with durable.storage_errors():
                previews_sha256 = PacedReader().previews_sha256(image.pk)
    except (DecoderCrash, TooExpensive) as error:
        _retry_or_quarantine(image, error)
    except UndecodablePicture as error:
        _stop(image, State.FAILED, error)
    except (StorageFull, StorageUnavailable) as error:
        _wait_for_storage(image, error)
    except TooBusy:
        _put_back(image, _MEMORY_PAUSE)
    else:
        _finish(image, decoded, previews_sha256)


def _finish(image: Image, decoded: decode.Decoded, previews_sha256: bytes) -> None:
    with transaction.atomic():
        released = _release(image, decoded, previews_sha256)
        if released:
            _set_taken_at(image, decoded.facts.taken_at)
            keywords.add(image.pk, decoded.facts.keywords)
            hint(Stage.EMBED)
    if not released and not Image.objects.filter(pk=image.pk).exists():
        # The image was deleted during the decoding, before these previews were written.
        storage.forget(image.pk)


def _release(image: Image, decoded: decode.Decoded, previews_sha256: bytes) -> bool:
    # ``PREVIEW_MISSING`` stays until the embed stage has read the new preview.
    error = {} if image.error_code == PREVIEW_MISSING else {"error_code": "", "error_message": ""}
    hashes = hashes_of_preview(storage.preview_path(image.pk, "small"))
    # Before the row says that there are previews.
    reasons.compare_perceptual_hash(image.pk, hashes.perceptual_hash)
    return image.release(
        state=State.DERIVED,
        attempts=0,
        next_attempt_at=Now(),
        updated_at=Now(),
        width=decoded.width,
        height=decoded.height,
        damaged=decoded.damaged,
        previews_sha256=previews_sha256,
        **columns.of_colour(decoded.colour),
        **columns.of_file(decoded.facts),
        **hashes._asdict(),
        **error,
    )


def _set_taken_at(image: Image, taken_at: str | None) -> None:
    """The file's, else that of a sidecar. Without an offset it is in the site's time zone."""
    moment = datetime.fromisoformat(taken_at) if taken_at else image.sidecar_taken_at
    if moment is None:
        return
    moment = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    # Does not overwrite a time that a person has entered.
    Image.objects.filter(pk=image.pk, taken_at=None).update(taken_at=moment)


def _stop(image: Image, state: State, error: GalleryError) -> None:
    log.info("image %s is %s: %s", image.pk, state, error.code)
    image.release(state=state, updated_at=Now(), **_reason(error))


def _retry_or_quarantine(image: Image, error: GalleryError) -> None:
    log.warning("image %s, attempt %s: %s", image.pk, image.attempts, error.message)
    if image.attempts >= turns.most_attempts():
        _stop(image, State.QUARANTINED, error)
    else:
        image.back_off(updated_at=Now(), **_reason(error))


def _wait_for_storage(image: Image, error: GalleryError) -> None:
    """The attempt does not count, because the picture did not cause the error."""
    log.warning("image %s waits for storage: %s", image.pk, error.message)
    _put_back(image, _STORAGE_PAUSE, **_reason(error))


def _put_back(image: Image, pause: timedelta, **reason: str) -> None:
    image.release(
        attempts=image.attempts - 1,
        next_attempt_at=Now() + pause,
        updated_at=Now(),
        **reason,
    )


def _reason(error: GalleryError) -> dict[str, str]:
    return {"error_code": error.code, "error_message": error.message[:300]}
