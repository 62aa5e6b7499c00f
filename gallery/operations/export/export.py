"""Exports pictures to a folder: their originals, and a Parquet table of what is known of them.

The table has its name only when the export is complete; until then it is ``TABLE`` with
``.partial``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import Error
from pyarrow import ArrowException

from gallery.core.errors import ExportFailed, NotNow
from gallery.media import durable
from gallery.models import ImageQuerySet
from gallery.models.locks import Lock, if_free
from gallery.operations.export import originals, table
from gallery.operations.export.originals import Copies

TABLE = "pictures.parquet"

# Shows the progress of a step: its name, numbers of rows as they are done, and how many there are.
Track = Callable[[str, Iterator[int], int], Iterator[int]]


@dataclass(frozen=True)
class Summary:
    pictures: int
    table: Path
    copies: Copies = field(default_factory=Copies)


def export(
    folder: Path,
    images: ImageQuerySet,
    *,
    with_originals: bool = True,
    track: Track = lambda _name, steps, _total: steps,
) -> Summary:
    """Write table and originals; originals that the folder has already are not copied again.

    Raises ``NotNow`` while another export runs, and ``ExportFailed``.
    """
    folder = folder.resolve()
    media = Path(settings.MEDIA_ROOT).resolve()
    if folder == media or media in folder.parents:
        raise ExportFailed("The export must not be inside the folder of the pictures.")
    try:
        with if_free(Lock.EXPORT) as is_held:
            if not is_held:
                raise NotNow("Another export is running.")
            return _export(folder, images, with_originals, track)
    except (OSError, ArrowException) as error:
        raise ExportFailed(f"The export was not completed: {error}") from error
    except Error as error:
        raise ExportFailed(f"The database was lost during the export: {error}") from error


def _export(folder: Path, images: ImageQuerySet, with_originals: bool, track: Track) -> Summary:
    durable.make_folder(folder)
    partial = folder / f"{TABLE}.partial"
    pictures = sum(track("rows", table.write(images, partial), images.count()))
    copies = Copies()
    if with_originals:
        for _ in track("originals", originals.copy(partial, folder, copies), pictures):
            pass
    partial.replace(folder / TABLE)
    durable.sync(folder)
    return Summary(pictures, folder / TABLE, copies)
