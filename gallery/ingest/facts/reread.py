"""Reads the metadata of existing originals again when a new version reads more from it.

``Image.facts_version`` says which images are left, so a process may be killed at any moment.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Q

from gallery.core.dispatch import Stage, hint
from gallery.core.errors import StorageFull, StorageUnavailable, UndecodablePicture
from gallery.ingest.facts import columns, keywords
from gallery.jobs import slices
from gallery.media import decode, storage
from gallery.models import Image, State
from gallery.models.images.states import FACTS_VERSION
from gallery.models.locks import Lock, if_free, waiting_for

log = logging.getLogger(__name__)

# A worker that is stopped finishes its slice; it is killed ten seconds later.
_SLICE_SECONDS = 7.0
_ROWS_AT_ONCE = 50
# After so many images in a row whose files cannot be opened, the store is not mounted.
_MAX_STORAGE_ERRORS = 5


def run(seconds: float = _SLICE_SECONDS) -> None:
    """Read for about ``seconds`` while no upload waits, and hint the next slice if there is more.

    Called by the clock and by its own hints. It does nothing while another process reads.
    """
    with if_free(Lock.READ_FACTS) as is_held:
        steps = _read_images(uploads_first=True) if is_held else iter(())
        more = slices.run(lambda: next(steps, False), seconds)
    if more:
        hint(Stage.READ_FACTS)


def read_all() -> Iterator[bool]:
    """Read all images that are left; gives True after each one.

    Waits until another process has finished its slice.
    """
    with waiting_for(Lock.READ_FACTS):
        yield from _read_images(uploads_first=False)


def mark_all() -> int:
    """Have the files of all images read again; returns the number of images marked."""
    return Image.objects.filter(facts_version__gt=0).update(facts_version=0)


def forget_places() -> int:
    """Delete all stored positions, and return their number. The files keep theirs."""
    located = Image.objects.exclude(latitude=None, longitude=None)
    return located.update(latitude=None, longitude=None)


def _read_images(*, uploads_first: bool) -> Iterator[bool]:
    """Gives True after each image. Ends early if the store cannot be used."""
    storage_errors = 0
    for image in _awaiting():
        if uploads_first and Image.objects.awaiting(State.STORED).due().exists():
            return
        if _read(image):
            storage_errors = 0
            yield True
            continue
        storage_errors += 1
        if storage_errors == _MAX_STORAGE_ERRORS:
            log.warning("metadata is not read again: the picture store cannot be used")
            return


def _awaiting() -> Iterator[Image]:
    """In the order of their keys, from a random one on.

    Because of the random start, images whose files cannot be opened do not keep others waiting.
    """
    rows = Image.objects.awaiting_facts().order_by("pk").only("original", "format")
    start = uuid.uuid4()
    for half in (Q(pk__gte=start), Q(pk__lt=start)):
        batch = list(rows.filter(half)[:_ROWS_AT_ONCE])
        while batch:
            yield from batch
            batch = list(rows.filter(half, pk__gt=batch[-1].pk)[:_ROWS_AT_ONCE])


def _read(image: Image) -> bool:
    """Store what the file says. False, and nothing is written, if the store cannot be used.

    A file that cannot be read now keeps what is known of it.
    """
    values: dict[str, Any] = {"facts_version": FACTS_VERSION}
    names: list[str] = []
    try:
        facts = decode.read_facts(storage.original_path(image), image.format)
        values, names = columns.of_file(facts), facts.keywords
    except UndecodablePicture as error:
        log.info("metadata of image %s cannot be read: %s", image.pk, error.message)
    except (StorageFull, StorageUnavailable) as error:
        if not _original_is_lost(image):
            log.info("metadata of image %s is read later: %s", image.pk, error.message)
            return False
    with transaction.atomic():
        keywords.add(image.pk, names)  # first, because it locks the row as a scan of tags does
        Image.objects.filter(pk=image.pk).update(**values)
    return True


def _original_is_lost(image: Image) -> bool:
    """Whether the original is missing although the store is mounted: there is a preview."""
    preview = storage.preview_path(image.pk, "small")
    return preview.is_file() and not storage.original_path(image).is_file()
