"""What an upload does to a picture that its owner already has."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Q

from gallery.core.errors import DuplicateImage
from gallery.ingest import change
from gallery.ingest.fields import external_ids
from gallery.media import storage
from gallery.models import (
    Image,
    ImageQuerySet,
    IntegrityFinding,
    Moderation,
    State,
    Visibility,
)


class OnDuplicate(StrEnum):
    """``KEEP`` sets no field, except that an image without an external id takes the one of the
    upload. ``UPDATE`` sets all fields of the upload. ``ERROR`` changes nothing.
    """

    KEEP = "keep"
    UPDATE = "update"
    ERROR = "error"


def find(
    same: ImageQuerySet,
    received: storage.Received,
    fields: Mapping[str, Any],
    on_duplicate: OnDuplicate,
) -> tuple[Image, tuple[str, ...]] | None:
    """The existing row, with its file restored and its processing started again where needed; and
    the names of the fields that keep another value than that of the upload.

    The row is locked, so that a deletion happens entirely before or after. Raises
    ``DuplicateImage``, ``ExternalIdTaken`` and ``InvalidInput``.
    """
    with transaction.atomic():
        image: Image | None = same.select_for_update().first()
        if image is None:
            return None
        is_shown = image.moderation == Moderation.VISIBLE
        if image.owner_id is None and (image.visibility != Visibility.PUBLIC or not is_shown):
            # The uploader may be anybody, so nothing is said about the picture.
            raise DuplicateImage("This picture was uploaded before.")
        if on_duplicate is OnDuplicate.ERROR:
            raise DuplicateImage("You already have this picture.", image_id=str(image.pk))
        kept = _set_fields(image, fields, on_duplicate)
        damage = IntegrityFinding.objects.filter(image=image).of_originals()
        if damage or not storage.original_path(image).is_file():
            storage.keep(received, image.original)
            damage.delete()
        if image.state in (State.FAILED, State.QUARANTINED):
            change.retry(same.filter(pk=image.pk))
        image.refresh_from_db()
        return image, kept


def _set_fields(
    image: Image, fields: Mapping[str, Any], on_duplicate: OnDuplicate
) -> tuple[str, ...]:
    """Returns the names of the fields that keep another value."""
    external_id = fields.get("external_id", "")
    external_ids.refuse_taken(image.owner_id, external_id, same=Q(pk=image.pk))
    others = {name: value for name, value in fields.items() if getattr(image, name) != value}
    changes = {
        name: value
        for name, value in others.items()
        if on_duplicate is OnDuplicate.UPDATE or (name == "external_id" and not image.external_id)
    }
    if changes:
        change.edit(image, **changes)
    return tuple(name for name in others if name not in changes)
