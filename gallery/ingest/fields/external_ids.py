"""An external id belongs to one image of its owner."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.db import IntegrityError, transaction
from django.db.models import Q

from gallery.core.errors import ExternalIdTaken
from gallery.models import Image, Moderation

_CONSTRAINT = "one_image_per_owner_and_external_id"


def refuse_taken(owner_id: int | None, external_id: str, *, same: Q) -> None:
    """Raise ``ExternalIdTaken`` if the owner has another image with it than the ``same`` one."""
    if not external_id:
        return
    others = Image.objects.filter(owner_id=owner_id, external_id=external_id).exclude(same)
    holder = others.values_list("pk", "moderation").first()
    if holder is not None:
        key, moderation = holder
        # Its owner does not see a blocked picture.
        named = {} if moderation == Moderation.BLOCKED else {"image_id": str(key)}
        raise ExternalIdTaken(
            "Another of your pictures has this external ID.", field="external_id", **named
        )


@contextlib.contextmanager
def refused_if_taken(owner_id: int | None, external_id: str, *, same: Q) -> Iterator[None]:
    """Check, then run the block in a transaction; a lost race raises ``ExternalIdTaken`` too."""
    if not external_id:
        yield
        return
    refuse_taken(owner_id, external_id, same=same)
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if _CONSTRAINT not in str(error):
            raise
        refuse_taken(owner_id, external_id, same=same)
        raise  # the other image was changed again in between
