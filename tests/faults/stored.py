"""What the site has after the last fault: rows, vectors and files, read without its own code."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PIL import Image

from tests.faults.target import Target

SIZES = ("small", "medium", "large")
_ROWS = """
    SELECT i.id::text, i.sha256, i.original, i.state, i.error_code, i.lease_until IS NOT NULL,
        i.next_attempt_at > now() + interval '10 minutes',
        (SELECT count(*) FROM gallery_embedding e WHERE e.image_id = i.id AND e.space_id = s.id),
        (SELECT max(vector_norm(e.vector)) FROM gallery_embedding e
         WHERE e.image_id = i.id AND e.space_id = s.id)
    FROM gallery_image i CROSS JOIN gallery_embeddingspace s WHERE s.active
"""


@dataclass(frozen=True)
class Row:
    """``problem`` is the code of its error. ``vectors`` and ``norm`` are those in the active space.

    ``is_put_off``: its next attempt is more than ten minutes away.
    """

    id: str
    sha256: str
    original: str
    state: str
    problem: str = ""
    is_leased: bool = False
    is_put_off: bool = False
    vectors: int = 0
    norm: float | None = None


@dataclass
class Stored:
    """``originals``: SHA-256 of the file by its name relative to the media folder. ``previews``: by
    the id of the image, those that could be decoded.
    """

    rows: list[Row] = field(default_factory=list)
    originals: dict[str, str] = field(default_factory=dict)
    previews: dict[str, set[str]] = field(default_factory=dict)
    # Images whose files the sweep has still to remove.
    deleted: set[str] = field(default_factory=set)

    def states(self) -> Counter[str]:
        return Counter(row.state for row in self.rows)


def read(target: Target) -> Stored:
    rows = [_row(values) for values in target.sql(_ROWS)]
    deleted = {key for (key,) in target.sql("SELECT image_id::text FROM gallery_deletedimage")}
    media = target.disk.media
    return Stored(rows, _originals(media), _previews(media), deleted)


def _row(values: tuple[Any, ...]) -> Row:
    *others, norm = values
    return replace(Row(*others), norm=None if norm is None or math.isnan(norm) else float(norm))


def _originals(media: Path) -> dict[str, str]:
    return {
        str(path.relative_to(media)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (media / "originals").glob("*/*")
    }


def _previews(media: Path) -> dict[str, set[str]]:
    folders = (media / "previews").glob("*/*")
    return {
        folder.name: {size for size in SIZES if _can_be_decoded(folder / f"{size}.webp")}
        for folder in folders
    }


def _can_be_decoded(path: Path) -> bool:
    try:
        with Image.open(path) as preview:
            preview.load()
    except OSError:
        return False
    return True
