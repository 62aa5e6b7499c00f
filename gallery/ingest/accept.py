"""A picture comes in: bytes to disk, one row, a hint. The row exists only after its file does."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from gallery.core.config import config
from gallery.core.dispatch import Stage, hint
from gallery.core.errors import StorageUnavailable, TooManyPixels
from gallery.ingest import change, wording
from gallery.media import durable, sniff, storage
from gallery.models import Image, ImageQuerySet, State, User

# Finding neither our row nor the one that was in its way means that one was deleted meanwhile.
_RACES = 5


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
) -> Accepted:
    """Store a picture, or find the one of the same owner and bytes (``created`` is False).

    When this returns, the bytes are on disk and the row is committed (or part of the caller's
    transaction). A duplicate of a failed or quarantined image gives it another chance, and a
    duplicate of one whose original is missing restores the file.

    Raises ``EmptyFile``, ``UnsupportedType``, ``FileTooLarge``, ``TooManyPixels``,
    ``CorruptImage``, ``StorageFull``, ``StorageUnavailable``, and ``InvalidInput`` for words
    that do not fit. After an error nothing is left on disk.
    """
    said = wording.checked(
        title=title,
        caption=caption,
        visibility=visibility or config().default_visibility,
        taken_at=taken_at,
    )
    with storage.receive(chunks, config().max_file_size) as received:
        kind = sniff.sniff(received.head)
        _check_size(received)
        said |= {
            "owner": owner if owner is not None and owner.is_authenticated else None,
            "file_name": wording.file_name(file_name),
            "sha256": received.sha256,
            "size": received.size,
            "format": kind.format,
        }
        return _find_or_create(received, kind, said)


def _check_size(received: storage.Received) -> None:
    """Refuse by the header alone; what it does not say the decoder finds out."""
    with durable.faults():
        size = sniff.dimensions(received.path)
    most = config().max_pixels
    if size is not None and size[0] * size[1] > most:
        raise TooManyPixels(
            f"The picture has {size[0]} × {size[1]}, more than {most / 1e6:.4g} million pixels.",
            limit=most,
        )


def _find_or_create(
    received: storage.Received, kind: sniff.Kind, values: dict[str, Any]
) -> Accepted:
    same = Image.objects.filter(owner=values["owner"], sha256=values["sha256"])
    for _ in range(_RACES):
        existing = _revive(same, received)
        if existing is not None:
            return Accepted(existing, created=False)
        created = _create(received, kind, values)
        if created is not None:
            return Accepted(created, created=True)
    raise StorageUnavailable("The same picture is being added and deleted: try again.")


def _revive(same: ImageQuerySet, received: storage.Received) -> Image | None:
    """The existing row, usable again; locked, so that a deletion comes before or after it."""
    with transaction.atomic():
        image: Image | None = same.select_for_update().first()
        if image is None:
            return None
        if not storage.original_path(image).is_file():
            storage.keep(received, image.original)
        if image.state in (State.FAILED, State.QUARANTINED):
            change.retry(same.filter(pk=image.pk))
            image.refresh_from_db()
        return image


def _create(received: storage.Received, kind: sniff.Kind, values: dict[str, Any]) -> Image | None:
    """The new row, its original in place before it; None when another upload won the race."""
    key = uuid.uuid4()
    name = storage.original_name(key, kind.extension)
    storage.keep(received, name)
    try:
        with transaction.atomic():
            # ON CONFLICT DO NOTHING: a lost race is no error, neither here nor in the server's log.
            Image.objects.bulk_create(
                [Image(id=key, original=name, **values)], ignore_conflicts=True
            )
            created: Image | None = Image.objects.filter(pk=key).first()
            if created is not None:
                hint(Stage.DERIVE, str(key))
    except IntegrityError:
        # Certainly not committed. After any other database error the row may well be there: a
        # file without a row does no harm, a row without its file would.
        storage.put_back(received, name)
        raise
    if created is None:
        storage.put_back(received, name)
    return created
