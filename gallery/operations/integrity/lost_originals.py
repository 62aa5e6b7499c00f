"""Puts originals that are missing or damaged back from a backup."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction

from gallery.core.dispatch import Stage, hint
from gallery.media import durable, storage
from gallery.media.file_hashes import PacedReader
from gallery.models import Image, State
from gallery.operations.files.copying import Damaged
from gallery.operations.files.orphans import ORIGINAL_MISSING
from gallery.operations.files.repository import Entry, Repository
from gallery.operations.integrity.check import examine_batch
from gallery.operations.integrity.files import Examination
from gallery.operations.integrity.record import record


def put_back(examination: Examination, source: Repository) -> Examination:
    """The examination after a good copy has replaced the original; unchanged if there is none.

    Only bytes with the SHA-256 of the row are used. Other findings are repaired afterwards.
    """
    image = examination.image
    target = storage.original_path(image)
    entry = Entry(str(image.pk), image.original, image.sha256, image.size)
    with suppress(FileNotFoundError, Damaged):
        source.get_original(entry, target)
        durable.sync(target)
        durable.sync(target.parent)
        with transaction.atomic():
            failed = Image.objects.filter(pk=image.pk, error_code=ORIGINAL_MISSING)
            if failed.restart(State.STORED):
                hint(Stage.DERIVE, str(image.pk))
        results = examine_batch([Image.objects.get(pk=image.pk)], PacedReader())
        record(results, repair=True)
        return results[0]
    return examination
