"""Accepts an upload: stores its bytes, then its row, then hints *derive*."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from gallery.core.config import config
from gallery.core.dispatch import Stage, hint
from gallery.core.errors import InvalidInput, StorageUnavailable
from gallery.ingest import duplicates, screening, turns
from gallery.ingest.duplicates import OnDuplicate
from gallery.ingest.fields import external_ids, metadata_fields
from gallery.media import durable, sniff, storage
from gallery.media.dimensions import dimensions
from gallery.media.formats import Format
from gallery.media.limits.pixel_limit import most_pixels, refuse_too_many_pixels
from gallery.models import Image, User

# How often an insert is tried again that conflicted with a row which was then deleted.
_MAX_RACES = 5


class UploadFields(TypedDict, total=False):
    """What people enter for a picture, and what a sidecar says of it.

    The fields of a sidecar hold only where the picture's file says nothing: its own date counts
    more than ``sidecar_taken_at``, and its own place more than ``latitude`` and ``longitude``.
    """

    title: str
    caption: str
    visibility: str
    taken_at: datetime | None
    metadata: dict[str, Any]
    external_id: str
    sidecar_taken_at: datetime | None
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Accepted:
    """``kept``: the fields of a duplicate whose values differ from those of the upload."""

    image: Image
    created: bool
    kept: tuple[str, ...] = ()


def accept(
    chunks: Iterable[bytes],
    *,
    owner: User | None,
    file_name: str = "",
    on_duplicate: OnDuplicate = OnDuplicate.KEEP,
    **fields: Unpack[UploadFields],
) -> Accepted:
    """Store a picture, or find the one of the same owner and bytes (``created`` is False).

    When this returns, the bytes are on disk and the row is committed (or part of the caller's
    transaction). A duplicate of a failed or quarantined image starts its processing again, and a
    duplicate of an image whose original is missing restores the file. ``on_duplicate`` decides
    what it does with its fields (``duplicates.OnDuplicate``).

    Raises ``EmptyFile``, ``UnsupportedType``, ``FileTooLarge``, ``TooManyPixels``,
    ``CorruptImage``, ``PictureBlocked``, ``StorageFull``, ``StorageUnavailable``, and
    ``InvalidInput`` for fields that ``metadata_fields.checked`` refuses, and for an external id or
    ``UPDATE`` without an owner. Raises ``ExternalIdTaken`` if another image of the owner has it,
    and ``DuplicateImage``.
    After an error no file is left on disk.
    """
    check_fields(owner, on_duplicate, **fields)
    with storage.receive(chunks) as received:
        return accept_received(
            received, owner=owner, file_name=file_name, on_duplicate=on_duplicate, **fields
        )


def check_fields(
    owner: User | None, on_duplicate: OnDuplicate, **fields: Unpack[UploadFields]
) -> dict[str, Any]:
    """The values for the columns, before any byte is read. Raises ``InvalidInput``."""
    if owner is None or not owner.is_authenticated:
        _refuse_without_owner(fields.get("external_id", ""), on_duplicate)
    return metadata_fields.checked(metadata_fields.OF_UPLOADS, **fields)


def accept_received(
    received: storage.Received,
    *,
    owner: User | None,
    file_name: str = "",
    on_duplicate: OnDuplicate = OnDuplicate.KEEP,
    import_id: uuid.UUID | None = None,
    **fields: Unpack[UploadFields],
) -> Accepted:
    """Like ``accept``, with bytes that are on disk already. A new picture gets ``import_id``, and
    so does one whose own import is being deleted with its pictures."""
    person = owner if owner is not None and owner.is_authenticated else None
    given = check_fields(owner, on_duplicate, **fields)
    format = sniff.sniff(received.head)
    _check_pixels(received, format)
    screening.refuse_blocked(received.sha256, person)
    columns = {
        "visibility": config().default_visibility,
        **given,
        "owner": person,
        "file_name": metadata_fields.file_name(file_name),
        "sha256": received.sha256,
        "size": received.size,
        "format": format.name,
        "attempts": turns.attempts_of(received.sha256),
        "import_id": import_id,
    }
    return _find_or_create(received, format, columns, given, on_duplicate)


def _refuse_without_owner(external_id: str, on_duplicate: OnDuplicate) -> None:
    if external_id:
        raise InvalidInput("Only a picture with an owner has an external ID.", field="external_id")
    if on_duplicate is OnDuplicate.UPDATE:
        raise InvalidInput("Only its owner can change a picture.", field="on_duplicate")


def _check_pixels(received: storage.Received, format: Format) -> None:
    """Refuse a picture by its header alone.

    Some headers state no size, and none states the frames: the decoding child checks again.
    """
    with durable.storage_errors():
        size = dimensions(received.path)
    if size is not None:
        limits = config()
        most = most_pixels(format.name, limit=limits.max_pixels, memory=limits.decode_memory)
        refuse_too_many_pixels(*size, limit=most)


def _find_or_create(
    received: storage.Received,
    format: Format,
    columns: dict[str, Any],
    given: dict[str, Any],
    on_duplicate: OnDuplicate,
) -> Accepted:
    same = Image.objects.filter(owner=columns["owner"], sha256=columns["sha256"])
    for _ in range(_MAX_RACES):
        existing = duplicates.find(
            same, received, given, on_duplicate, import_id=columns["import_id"]
        )
        if existing:
            image, kept = existing
            return Accepted(image, created=False, kept=kept)
        owner_id, external_id = getattr(columns["owner"], "pk", None), given.get("external_id", "")
        # A parallel upload may have created the same row since: then the next round finds it.
        external_ids.refuse_taken(owner_id, external_id, same=Q(sha256=received.sha256))
        created = _create(received, format, columns)
        if created is not None:
            return Accepted(created, created=True)
    raise StorageUnavailable("The same picture is being added and deleted. Try again.")


def _create(received: storage.Received, format: Format, columns: dict[str, Any]) -> Image | None:
    """The new row, created after its original; None if another upload won the race."""
    key = uuid.uuid4()
    name = storage.original_name(key, format.extension)
    storage.keep(received, name)
    try:
        with transaction.atomic():
            # ON CONFLICT DO NOTHING, so that a lost race is not an error in PostgreSQL's log.
            # The time comes from the clock of ``updated_at``, which must not be before it.
            row = Image(id=key, original=name, created_at=timezone.now(), **columns)
            Image.objects.bulk_create([row], ignore_conflicts=True)
            created: Image | None = Image.objects.filter(pk=key).first()
            if created is not None:
                screening.hold(created)
                hint(Stage.DERIVE, str(key))
    except IntegrityError:
        # The row is certainly not committed. After other database errors it may be, so the file
        # stays: a file without a row does no harm, a row without its file does.
        storage.put_back(received, name)
        raise
    if created is None:
        storage.put_back(received, name)
    return created
