"""Copies the originals that an export names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from gallery.models import Image
from gallery.operations.export import table
from gallery.operations.files import copying
from gallery.operations.files.copying import Damaged


@dataclass
class Copies:
    """``missing`` and ``damaged`` are ids of pictures whose file is lost or has other bytes."""

    copied: int = 0
    present: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


def copy(rows: Path, folder: Path, copies: Copies) -> Iterator[int]:
    """Copy what ``folder`` lacks of the table ``rows``; gives the number of rows after each batch.

    The name of a copy has the beginning of its hash, and a copy has its name only when it is
    complete, so one of the right size is not copied again. Pictures that were deleted since the
    table was written are missing.
    """
    media = Path(settings.MEDIA_ROOT)
    for batch in table.read(rows, ["id", "path", "sha256", "size"]):
        keys = [row["id"] for row in batch]
        originals = dict(Image.objects.filter(pk__in=keys).values_list("pk", "original"))
        sources = {str(key): media / original for key, original in originals.items()}
        for row in batch:
            target = folder / row["path"]
            if _has_size(target, row["size"]):
                copies.present += 1
            else:
                _copy(sources.get(row["id"]), target, row["id"], row["sha256"], copies)
        yield len(batch)


def _copy(source: Path | None, target: Path, key: str, sha256: str, copies: Copies) -> None:
    try:
        if source is None:
            raise FileNotFoundError
        copying.copy(source, target, sha256)
    except FileNotFoundError:
        copies.missing.append(key)
    except Damaged:
        copies.damaged.append(key)
    else:
        copies.copied += 1


def _has_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except FileNotFoundError:
        return False
