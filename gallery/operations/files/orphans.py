"""Finds files without a row and rows without a file, in one of 256 shards."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from gallery.media import shards, storage
from gallery.media.shards import StoredFile
from gallery.models import DeletedImage, Image, State

ORIGINAL_MISSING = "original_missing"
# An upload's file is older than its row, which may be part of a long transaction.
GRACE_SECONDS = 24 * 3600.0
_HAS_PREVIEWS = (State.DERIVED, State.READY)


@dataclass(frozen=True)
class Orphans:
    """Files without a row (``originals``, ``previews``), and images by the files that they lack.

    ``lost_previews``: the original is there, but not all previews are. ``lost_originals``: the
    previews are there, the original is not. ``lost``: neither is there. ``back``: the original is
    in the folder of orphans, or is there again after the image failed for lack of it.
    """

    originals: Sequence[StoredFile] = ()
    previews: Sequence[StoredFile] = ()
    lost_originals: Sequence[uuid.UUID] = ()
    lost_previews: Sequence[uuid.UUID] = ()
    lost: Sequence[uuid.UUID] = ()
    back: Sequence[uuid.UUID] = ()

    def __add__(self, other: Orphans) -> Orphans:
        names = [field.name for field in fields(self)]
        return Orphans(*([*getattr(self, name), *getattr(other, name)] for name in names))

    def counts(self) -> dict[str, int]:
        return {field.name: len(getattr(self, field.name)) for field in fields(self)}


def find(shard: str, *, grace: float = GRACE_SECONDS) -> Orphans:
    """Leaves out files younger than ``grace`` seconds: their rows may not be committed yet."""
    # The files are listed before the rows are read: a row is committed after its file is there.
    originals, previews = shards.originals(shard), shards.preview_folders(shard)
    latest = time.time() - grace
    known = _known(file.image_id for file in (*originals, *previews) if file.modified <= latest)

    def unknown(files: Sequence[StoredFile]) -> list[StoredFile]:
        return [file for file in files if file.modified <= latest and file.image_id not in known]

    without_row = Orphans(originals=unknown(originals), previews=unknown(previews))
    return without_row + _incomplete_images(shard, {file.name for file in originals})


def _known(image_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Images with a row, and deleted ones whose files the sweep removes."""
    keys = list(image_ids)
    existing = set(Image.objects.filter(pk__in=keys).values_list("pk", flat=True))
    return existing | set(DeletedImage.objects.filter(pk__in=keys).values_list("pk", flat=True))


def _incomplete_images(shard: str, listed: set[str]) -> Orphans:
    first, last = uuid.UUID(shard + "0" * 30), uuid.UUID(shard + "f" * 30)
    rows = Image.objects.filter(pk__gte=first, pk__lte=last).order_by("pk")
    columns = rows.only("original", "state", "error_code", "attempts")
    problems: dict[str, Any] = {}
    for image in columns.iterator(chunk_size=1000):
        if problem := problem_of(image, has_original=image.original in listed):
            problems.setdefault(problem, []).append(image.pk)
    return Orphans(**problems)


def problem_of(image: Image, *, has_original: bool) -> str:
    """The field of ``Orphans`` for the image, or an empty text."""
    failed_without = image.error_code == ORIGINAL_MISSING
    if has_original or storage.original_path(image).is_file():
        if failed_without:
            return "back"
        lacks_previews = image.state in _HAS_PREVIEWS and not shards.has_previews(image.pk)
        return "lost_previews" if lacks_previews else ""
    if shards.is_orphan(image.original):
        return "back"
    if failed_without:
        return ""
    return "lost_originals" if shards.has_previews(image.pk) else "lost"
