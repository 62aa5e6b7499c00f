"""What an upload does to a picture that its owner already has."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from gallery.core.errors import DuplicateImage
from gallery.ingest import change
from gallery.ingest.fields import external_ids
from gallery.ingest.fields.metadata_fields import EDITABLE, OF_SIDECARS
from gallery.media import storage
from gallery.models import (
    Image,
    ImageQuerySet,
    ImportJob,
    IntegrityFinding,
    Moderation,
    State,
    Visibility,
)


class OnDuplicate(StrEnum):
    """``KEEP`` sets no field, except that an image without an external id takes the one of the
    upload. ``UPDATE`` sets all fields of the upload; a date and a place of a sidecar only where
    the image has none. ``ERROR`` changes nothing.
    """

    KEEP = "keep"
    UPDATE = "update"
    ERROR = "error"


def find(
    same: ImageQuerySet,
    received: storage.Received,
    fields: Mapping[str, Any],
    on_duplicate: OnDuplicate,
    *,
    import_id: uuid.UUID | None,
) -> tuple[Image, tuple[str, ...]] | None:
    """The existing row, with its file restored and its processing started again where needed; and
    the names of the fields that keep another value than that of the upload.

    The row is locked, so that a deletion happens entirely before or after. ``import_id`` is the
    import that gives the picture again. Raises ``DuplicateImage``, ``ExternalIdTaken`` and
    ``InvalidInput``.
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
        _leave_deleted_import(image, import_id)
        image.refresh_from_db()
        return image, kept


def _leave_deleted_import(image: Image, import_id: uuid.UUID | None) -> None:
    """The deletion of the import that added the picture must not delete it: it was given again."""
    if image.import_id is None:
        return
    if ImportJob.objects.deleting().filter(pk=image.import_id).exists():
        Image.objects.filter(pk=image.pk).update(import_id=import_id)


def _set_fields(
    image: Image, fields: Mapping[str, Any], on_duplicate: OnDuplicate
) -> tuple[str, ...]:
    """Returns the names of the fields that keep another value."""
    external_id = fields.get("external_id", "")
    external_ids.refuse_taken(image.owner_id, external_id, same=Q(pk=image.pk))
    others = {
        name: value
        for name, value in fields.items()
        if name in EDITABLE and getattr(image, name) != value
    }
    changes = {
        name: value
        for name, value in others.items()
        if on_duplicate is OnDuplicate.UPDATE or (name == "external_id" and not image.external_id)
    }
    if changes:
        change.edit(image, **changes)
    if on_duplicate is OnDuplicate.UPDATE:
        _fill_in(image, {name: fields[name] for name in OF_SIDECARS if name in fields})
    return tuple(name for name in others if name not in changes)


def _fill_in(image: Image, facts: Mapping[str, Any]) -> None:
    """What a sidecar says and the image lacks; what its file says comes when it is derived."""
    place = {name: facts.get(name) for name in ("latitude", "longitude")}
    values = {} if image.has_place or None in place.values() else place
    date = facts.get("sidecar_taken_at")
    if date is not None and image.taken_at is None:
        values["sidecar_taken_at"] = date
        if image.has_dimensions:
            values["taken_at"] = date
    if values:
        Image.objects.filter(pk=image.pk).update(**values, updated_at=Now())
