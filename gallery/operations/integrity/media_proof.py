"""Whether the media folder is the one whose files the database describes.

Without this proof nothing is said about files, and none is moved: a disk that is not mounted leaves
an empty folder, and every picture would count as lost.
"""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings

from gallery.models import Image, IntegrityCheck
from gallery.operations.health import media_folder

_SAMPLE = 50
# Of the sample, if the database knows the folder by another id: an old copy has some pictures.
_LEAST_SHARE = 0.5


def is_proven() -> bool:
    """Whether the folder has the id that the database knows, or originals of a sample of images.

    A folder that is proven by originals becomes the known one, also that of an empty gallery.
    """
    known = IntegrityCheck.objects.current().media_id
    identity = media_folder.identity()
    if identity and identity == known:
        return True
    if not _has_originals(least=_LEAST_SHARE if known else 0.0):
        return False
    adopt()
    return True


def adopt() -> None:
    """Let the database know the present folder as its own."""
    media_folder.mark()
    check = IntegrityCheck.objects.current()
    IntegrityCheck.objects.filter(pk=check.pk).update(media_id=media_folder.identity())


def _has_originals(*, least: float) -> bool:
    """Whether more than a share of a sample of images has an original; one is enough for 0."""
    rows = Image.objects.order_by("pk").values_list("original", flat=True)
    start = uuid.uuid4()
    names = list(rows.filter(pk__gte=start)[:_SAMPLE])
    names += rows.filter(pk__lt=start)[: _SAMPLE - len(names)]
    if not names:
        return True
    root = Path(settings.MEDIA_ROOT)
    existing = [name for name in names if (root / name).is_file()]
    return len(existing) > least * len(names)
