"""Checks a few images at a time, or the whole gallery for a command."""

from __future__ import annotations

import time
import uuid
from collections.abc import Collection, Iterator
from contextlib import suppress

from gallery.core.errors import StorageUnavailable
from gallery.media.file_hashes import Interrupted, PacedReader
from gallery.models import Image, IntegrityCheck
from gallery.models.locks import Lock, waiting_for
from gallery.operations.integrity import encoding, media_proof, rounds, vectors
from gallery.operations.integrity.files import Examination, examine
from gallery.operations.integrity.record import record

_ROWS_AT_ONCE = 20
_COLUMNS = (
    "original", "sha256", "size", "state", "error_code", "previews_sha256", "width", "height",
)  # fmt: skip


def batch_after(key: uuid.UUID | None) -> list[Image]:
    """The next images in the order of their keys; none after the last."""
    rows = Image.objects.order_by("pk")
    if key is not None:
        rows = rows.filter(pk__gt=key)
    return list(rows.only(*_COLUMNS)[:_ROWS_AT_ONCE])


def with_overdue_findings() -> list[Image]:
    """Images whose findings were last confirmed more than a day ago."""
    keys = list(rounds.overdue_findings().values_list("image_id", flat=True)[:_ROWS_AT_ONCE])
    return list(Image.objects.filter(pk__in=keys).only(*_COLUMNS))


def examine_batch(
    images: Collection[Image], reader: PacedReader, until: float = float("inf")
) -> list[Examination]:
    """Those of the images that were examined until ``time.monotonic`` is ``until``, and until
    another one needs the disk; at least one in the first case.

    Raises ``StorageUnavailable`` if the disk was unmounted meanwhile.
    """
    results: dict[uuid.UUID, Examination] = {}
    with suppress(Interrupted):
        for image in images:
            results[image.pk] = examine(image, reader)
            if time.monotonic() >= until:
                break
    for key, kind, encoder in vectors.examine(results.keys()):
        results[key].findings[kind] = encoder
    if not all(result.has_good_original for result in results.values()):
        require_media()
    return list(results.values())


def check_all(
    reader: PacedReader, *, repair: bool, encode: bool = False
) -> Iterator[list[Examination]]:
    """Check all images in one round, and give them batch by batch. ``encode`` makes all vectors
    again, and compares them with those that are stored.

    Findings that are repaired are not in the examinations any more. Waits until a worker has ended
    its slice. If the process is killed, the workers continue the round. Raises
    ``StorageUnavailable`` if the media folder is not that of the database.
    """
    with waiting_for(Lock.CHECK_INTEGRITY):
        require_media()
        check = rounds.begin(IntegrityCheck.objects.current())
        read = 0
        while images := batch_after(check.checked_to):
            results = examine_batch(images, reader)
            if encode:
                encoding.compare(results)
            repaired = record(results, repair=repair, encoded=encode)
            rounds.advance(check, results, reader.bytes_read - read, repaired)
            read = reader.bytes_read
            yield results
        rounds.complete(check)


def require_media() -> None:
    if not media_proof.is_proven():
        raise StorageUnavailable(str(IntegrityCheck.Problem.OTHER_MEDIA_FOLDER.label))
