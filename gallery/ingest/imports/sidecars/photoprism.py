"""The YAML file that PhotoPrism writes for a picture."""

from __future__ import annotations

from typing import Any

import yaml

from gallery.ingest.imports.sidecars import values
from gallery.ingest.imports.sidecars.facts import Problem, SidecarFacts

# PhotoPrism writes one or two kilobytes, and the parser is slow: 16 KiB take it up to a second.
_MAX_BYTES = 16 << 10
# PhotoPrism writes none but in texts. The parser needs seconds for some hundreds.
_MAX_BRACKETS = 100
_KEYS = {"TakenAt", "UID", "TakenAtLocal"}


def facts_of(data: bytes) -> SidecarFacts:
    """Titles and keywords that PhotoPrism made up are not used: their source is empty."""
    if len(data) > _MAX_BYTES:
        return SidecarFacts(problems=(Problem.TOO_LARGE,))
    if data.count(b"[") + data.count(b"{") > _MAX_BRACKETS:
        return SidecarFacts(problems=(Problem.UNKNOWN,))
    try:
        # Reads every value as text, and creates no other objects.
        document = yaml.load(data, Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):
        return SidecarFacts(problems=(Problem.DAMAGED,))
    if not isinstance(document, dict) or _KEYS.isdisjoint(document):
        return SidecarFacts(problems=(Problem.UNKNOWN,))
    return _facts(document)


def _facts(document: dict[str, Any]) -> SidecarFacts:
    details = document.get("Details")
    details = details if isinstance(details, dict) else {}
    words = values.text(details.get("Keywords")).split(",")
    keywords = values.names(words, most=values.MOST_TAGS)
    entered = bool(values.line(details.get("KeywordsSrc")))
    place = None
    if values.line(document.get("PlaceSrc")) != "estimate":
        place = values.place(document.get("Lat"), document.get("Lng"))
    latitude, longitude = place or (None, None)
    date_source = values.line(document.get("TakenSrc"))
    return SidecarFacts(
        title=values.line(document.get("Title")) if document.get("TitleSrc") else "",
        caption=values.text(document.get("Caption") or document.get("Description")),
        tags=tuple(keywords) if entered else (),
        taken_at=None if date_source == "estimate" else values.moment(document.get("TakenAt")),
        replaces_date=date_source == "manual",
        latitude=latitude,
        longitude=longitude,
        metadata=_metadata(document, details, [] if entered else keywords),
        # A date; PhotoPrism leaves the field out otherwise.
        is_trashed=values.moment(document.get("DeletedAt")) is not None,
        is_private=document.get("Private") == "true",
    )


def _metadata(
    document: dict[str, Any], details: dict[str, Any], keywords: list[str]
) -> dict[str, Any]:
    metadata = {
        "photoprism_uid": values.line(document.get("UID"))[:64],
        "favorite": document.get("Favorite") == "true",
        "private": document.get("Private") == "true",
        "original_name": values.line(document.get("OriginalName"))[:255],
        "keywords": keywords,
        "notes": values.text(details.get("Notes"))[:2000],
        "subject": values.line(details.get("Subject"))[:500],
        "artist": values.line(details.get("Artist"))[:200],
        "copyright": values.line(details.get("Copyright"))[:200],
    }
    return {key: value for key, value in metadata.items() if value}
