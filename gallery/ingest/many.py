"""Changes of many images in one transaction, each with its own values and its own error."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from gallery.core.errors import GalleryError
from gallery.ingest import change
from gallery.ingest.fields import metadata_fields
from gallery.models import Image, User

# Of one request.
MOST_IMAGES = 500


def locked(keys: Collection[uuid.UUID], user: User) -> dict[uuid.UUID, Image]:
    """Those that the user may change, locked until the end of the transaction."""
    images = Image.objects.changeable_by(user).filter(pk__in=keys)
    rows = images.order_by("pk").select_related("owner").select_for_update(of=("self",))
    return {image.pk: image for image in rows}


def delete_all(keys: Collection[uuid.UUID]) -> None:
    """Delete images that are locked."""
    change.delete(Image.objects.filter(pk__in=keys))


def edit_all(
    images: Mapping[uuid.UUID, Image], changes: Mapping[uuid.UUID, Mapping[str, Any]]
) -> dict[uuid.UUID, GalleryError]:
    """Set the fields of images that are locked; equal changes are one statement.

    Returns the errors of ``change.edit``, by the image that stays as it is. An external ID that one
    of the changes gives up is free for those after it.
    """
    errors: dict[uuid.UUID, GalleryError] = {}
    groups: dict[str, tuple[dict[str, Any], list[uuid.UUID]]] = {}
    for key, fields in changes.items():
        try:
            values = metadata_fields.checked(**fields)
            if "external_id" in values:
                change.edit(images[key], **values)
                continue
        except GalleryError as error:
            errors[key] = error
            continue
        text = json.dumps(values, cls=DjangoJSONEncoder, sort_keys=True)
        groups.setdefault(text, (values, []))[1].append(key)
    for values, keys in groups.values():
        change.edit_all(Image.objects.filter(pk__in=keys), values)
    return errors
