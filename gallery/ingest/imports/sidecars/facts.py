"""What the sidecars of one picture say, within the limits of the columns that store it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

MAX_TITLE = 200
MAX_CAPTION = 2000
# As of the keywords of a file (``ingest/facts/keywords.py``).
MAX_TAGS = 50
# Half of what a picture may have, since an import may add further columns.
MAX_METADATA_BYTES = 8 << 10


class Problem(StrEnum):
    """Why a sidecar was not read, or not entirely."""

    UNREADABLE = "sidecar_unreadable"  # it is listed, but cannot be opened
    TOO_LARGE = "sidecar_too_large"
    DAMAGED = "sidecar_damaged"
    UNKNOWN = "sidecar_unknown"  # of another program
    SHORTENED = "sidecar_shortened"  # a text or a list is longer than a picture's may be


@dataclass(frozen=True)
class SidecarFacts:
    """``taken_at`` without an offset is the time where the picture was taken.

    ``replaces_date``: ``taken_at`` counts more than a date in the picture's file, because a person
    entered it or because it states its offset. Otherwise it is for files without a date. The place
    (WGS 84, degrees) is for files without a place. ``is_trashed``: a person deleted the picture in
    the other program. ``is_private``: that program shows it to its owner alone, or hides it.
    """

    title: str = ""
    caption: str = ""
    tags: tuple[str, ...] = ()
    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    external_id: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    replaces_date: bool = False
    is_trashed: bool = False
    is_private: bool = False
    problems: tuple[str, ...] = ()


def as_fields(facts: SidecarFacts) -> dict[str, Any]:
    """What is known, by the names of ``ingest.accept.UploadFields`` and ``tags``; JSON can hold it.

    Dates are texts in ISO 8601.
    """
    date = facts.taken_at.isoformat() if facts.taken_at is not None else ""
    fields = {
        "title": facts.title,
        "caption": facts.caption,
        "tags": list(facts.tags),
        "taken_at" if facts.replaces_date else "sidecar_taken_at": date,
        "external_id": facts.external_id,
        "metadata": dict(facts.metadata),
        # The least visible one, so it never shows more than the option of the import.
        "visibility": "private" if facts.is_private else "",
    }
    known = {name: value for name, value in fields.items() if value}
    if facts.latitude is None:
        return known
    return {**known, "latitude": facts.latitude, "longitude": facts.longitude}


def merged(first: SidecarFacts, second: SidecarFacts) -> SidecarFacts:
    """Each field of the first if it says something, else of the second; tags of both.

    What one of them says is trashed or private is.
    """
    dated = first if first.taken_at is not None else second
    placed = first if first.latitude is not None else second
    tags: dict[str, str] = {}
    for tag in (*first.tags, *second.tags):
        tags.setdefault(tag.casefold(), tag)
    return SidecarFacts(
        title=first.title or second.title,
        caption=first.caption or second.caption,
        tags=tuple(tags.values()),
        taken_at=dated.taken_at,
        replaces_date=dated.replaces_date,
        latitude=placed.latitude,
        longitude=placed.longitude,
        external_id=first.external_id or second.external_id,
        metadata={**second.metadata, **first.metadata},
        is_trashed=first.is_trashed or second.is_trashed,
        is_private=first.is_private or second.is_private,
        problems=tuple(dict.fromkeys([*first.problems, *second.problems])),
    )


def shortened(facts: SidecarFacts) -> SidecarFacts:
    """The facts, cut to what a picture may have."""
    metadata = dict(facts.metadata)
    while metadata and _size(metadata) > MAX_METADATA_BYTES:
        del metadata[max(metadata, key=lambda key: _size(metadata[key]))]
    cut = replace(
        facts,
        title=facts.title[:MAX_TITLE].rstrip(),
        caption=facts.caption[:MAX_CAPTION].rstrip(),
        tags=facts.tags[:MAX_TAGS],
        metadata=metadata,
    )
    if cut == facts:
        return facts
    return replace(cut, problems=(*facts.problems, Problem.SHORTENED))


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
