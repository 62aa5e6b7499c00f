"""Accepts an upload: stores its bytes, then its row, then hints *derive*.

The row is created only after its file is on disk.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from gallery.core.config import config
from gallery.core.dispatch import Stage, hint
from gallery.core.errors import InvalidInput, StorageUnavailable
from gallery.ingest import change, external_ids, metadata_fields
from gallery.media import durable, sniff, storage
from gallery.media.formats import Format
from gallery.media.pixel_limit import most_pixels, refuse_too_many_pixels
from gallery.models import Image, ImageQuerySet, State, User

# How often an insert is tried again that conflicted with a row which was then deleted.
_MAX_RACES = 5


@dataclass(frozen=True)
class Accepted:
    image: Image
    created: bool


def accept(  # noqa: PLR0913 - the fields of an upload, by name
    chunks: Iterable[bytes],
    *,
    owner: User | None,
    file_name: str = "",
    title: str = "",
    caption: str = "",
    visibility: str | None = None,
    taken_at: datetime | None = None,
    metadata: dict[str, Any] | None = None,
    external_id: str = "",
) -> Accepted:
    """Store a picture, or find the one of the same owner and bytes (``created`` is False).

    When this returns, the bytes are on disk and the row is committed (or part of the caller's
    transaction). A duplicate of a failed or quarantined image starts its processing again, and a
    duplicate of an image whose original is missing restores the file. A duplicate changes no
    field, except that an image without an external id takes the one of the upload.

    Raises ``EmptyFile``, ``UnsupportedType``, ``FileTooLarge``, ``TooManyPixels``,
    ``CorruptImage``, ``StorageFull``, ``StorageUnavailable``, and ``InvalidInput`` for fields
    that ``metadata_fields.checked`` refuses, and for an external id without an owner. Raises
    ``ExternalIdTaken`` if another image of the owner has it. After an error no file is left on
    disk.
    """
    person = owner if owner is not None and owner.is_authenticated else None
    if external_id and person is None:
        raise InvalidInput("Only a picture with an owner has an external ID.", field="external_id")
    fields = metadata_fields.checked(
        title=title,
        caption=caption,
        visibility=visibility or config().default_visibility,
        taken_at=taken_at,
        metadata={} if metadata is None else metadata,
        external_id=external_id,
    )
    with storage.receive(chunks) as received:
        format = sniff.sniff(received.head)
        _check_pixels(received, format)
        fields |= {
            "owner": person,
            "file_name": metadata_fields.file_name(file_name),
            "sha256": received.sha256,
            "size": received.size,
            "format": format.name,
        }
        return _find_or_create(received, format, fields)


def _check_pixels(received: storage.Received, format: Format) -> None:
    """Refuse a picture by its header alone.

    Some headers state no size, and none states the frames: the decoding child checks again.
    """
    with durable.storage_errors():
        size = sniff.dimensions(received.path)
    if size is not None:
        limits = config()
        most = most_pixels(format.name, limit=limits.max_pixels, memory=limits.decode_memory)
        refuse_too_many_pixels(*size, limit=most)


def _find_or_create(received: storage.Received, format: Format, fields: dict[str, Any]) -> Accepted:
    same = Image.objects.filter(owner=fields["owner"], sha256=fields["sha256"])
    for _ in range(_MAX_RACES):
        existing = _revive(same, received, fields["external_id"])
        if existing is not None:
            return Accepted(existing, created=False)
        owner_id = getattr(fields["owner"], "pk", None)
        external_ids.refuse_taken(owner_id, fields["external_id"], image_id=None)
        created = _create(received, format, fields)
        if created is not None:
            return Accepted(created, created=True)
    raise StorageUnavailable("The same picture is being added and deleted. Try again.")


def _revive(same: ImageQuerySet, received: storage.Received, external_id: str) -> Image | None:
    """The existing row, with its file restored and its processing started again where needed.

    The row is locked, so that a deletion happens entirely before or after.
    """
    with transaction.atomic():
        image: Image | None = same.select_for_update().first()
        if image is None:
            return None
        external_ids.adopt(image, external_id)
        if not storage.original_path(image).is_file():
            storage.keep(received, image.original)
        if image.state in (State.FAILED, State.QUARANTINED):
            change.retry(same.filter(pk=image.pk))
            image.refresh_from_db()
        return image


def _create(received: storage.Received, format: Format, fields: dict[str, Any]) -> Image | None:
    """The new row, created after its original; None if another upload won the race."""
    key = uuid.uuid4()
    name = storage.original_name(key, format.extension)
    storage.keep(received, name)
    try:
        with transaction.atomic():
            # ON CONFLICT DO NOTHING, so that a lost race is not an error in PostgreSQL's log.
            Image.objects.bulk_create(
                [Image(id=key, original=name, **fields)], ignore_conflicts=True
            )
            created: Image | None = Image.objects.filter(pk=key).first()
            if created is not None:
                hint(Stage.DERIVE, str(key))
    except IntegrityError:
        # The row is certainly not committed. After other database errors it may be, so the file
        # stays: a file without a row does no harm, a row without its file does.
        storage.put_back(received, name)
        raise
    if created is None:
        storage.put_back(received, name)
    return created
