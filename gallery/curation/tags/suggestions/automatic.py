"""Approves the open suggestions of tags that need no person's approval."""

from __future__ import annotations

from django.db import transaction

from gallery.models import ImageTag, TagState
from gallery.models.images.kept import keep

_AT_ONCE = 1_000


@transaction.atomic
def approve_open() -> bool:
    """Approve some of those that were open when their tag became automatic; False if none is left.

    Nobody is noted as having decided them, as for new suggestions of these tags. Locks the images,
    and then the rows in their order, as the triggers that note the tags do.
    """
    rows = ImageTag.objects.suggested().filter(tag__is_automatic=True)
    ordered = rows.order_by("image_id", "tag_id")
    images = keep(set(ordered.values_list("image_id", flat=True)[:_AT_ONCE]))
    locked = ordered.filter(image__in=images).select_for_update(of=("self",))
    keys = list(locked.values_list("pk", flat=True)[:_AT_ONCE])
    return ImageTag.objects.filter(pk__in=keys).update(state=TagState.APPROVED) > 0
