"""An external id belongs to one image of its owner."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from gallery.core.errors import ExternalIdTaken
from gallery.models import Image

_CONSTRAINT = "one_image_per_owner_and_external_id"


def refuse_taken(owner_id: int | None, external_id: str, *, image_id: uuid.UUID | None) -> None:
    """Raise ``ExternalIdTaken`` if another image than ``image_id`` of the owner has it."""
    if not external_id:
        return
    same = Image.objects.filter(owner_id=owner_id, external_id=external_id).exclude(pk=image_id)
    holder = same.values_list("pk", flat=True).first()
    if holder is not None:
        raise ExternalIdTaken(
            "Another of your pictures has this external ID.",
            field="external_id",
            image_id=str(holder),
        )


def adopt(image: Image, external_id: str) -> None:
    """Give the image of a repeated upload the external id of the upload, unless it has one.

    Call it in a transaction, with the row locked. Raises ``ExternalIdTaken``.
    """
    if not external_id or image.external_id == external_id:
        return
    with refused_if_taken(image.owner_id, external_id, image_id=image.pk):
        if not image.external_id:
            row = Image.objects.filter(pk=image.pk)
            row.update(external_id=external_id, updated_at=Now())
            image.external_id = external_id


@contextlib.contextmanager
def refused_if_taken(
    owner_id: int | None, external_id: str, *, image_id: uuid.UUID | None
) -> Iterator[None]:
    """Check, then run the block in a transaction; a lost race raises ``ExternalIdTaken`` too."""
    if not external_id:
        yield
        return
    refuse_taken(owner_id, external_id, image_id=image_id)
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if _CONSTRAINT not in str(error):
            raise
        refuse_taken(owner_id, external_id, image_id=image_id)
        raise  # the other image was changed again in between
