"""Computes the perceptual hash of pictures that an older version processed, from their previews."""

from __future__ import annotations

import logging
import uuid

from django.db import transaction

from gallery.media import storage
from gallery.media.perceptual_hash import hashes_of_preview
from gallery.models import Image, NearDuplicateItem
from gallery.models.moderation import reasons

log = logging.getLogger(__name__)

# About 0.5 s.
_AT_ONCE = 100


def hash_some() -> bool:
    """Hash some images that have none; False if there are none whose preview can be read.

    It begins at a random key, so that images whose previews are lost do not keep others waiting.
    """
    awaiting = Image.objects.awaiting_perceptual_hash().order_by("pk").values_list("pk", flat=True)
    keys = awaiting.filter(pk__gte=uuid.uuid4())[:_AT_ONCE] or awaiting[:_AT_ONCE]
    hashed = [key for key in keys if _hash(key)]
    if len(hashed) < len(keys):
        log.info("%s pictures have no preview to be hashed", len(keys) - len(hashed))
    return bool(hashed)


@transaction.atomic
def _hash(key: uuid.UUID) -> bool:
    hashes = hashes_of_preview(storage.preview_path(key, "small"))
    if hashes.perceptual_hash is None:
        return False
    reasons.compare_perceptual_hash(key, hashes.perceptual_hash)
    Image.objects.filter(pk=key).update(**hashes._asdict())
    NearDuplicateItem.objects.add_for([key])
    return True
