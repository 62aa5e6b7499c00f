"""JSON about a picture of Immich: an asset of its API, or what immich-go writes beside files."""

from __future__ import annotations

from typing import Any

from gallery.ingest.imports.sidecars import values
from gallery.ingest.imports.sidecars.facts import SidecarFacts

_KEYS_OF_API = {"exifInfo", "originalFileName", "deviceAssetId"}
_KEYS_OF_IMMICH_GO = {"fileName", "dateTaken", "fromPartner"}


def is_picture(document: dict[str, Any]) -> bool:
    return not (_KEYS_OF_API | _KEYS_OF_IMMICH_GO).isdisjoint(document)


def facts_of(document: dict[str, Any]) -> SidecarFacts:
    """The time is an instant, but nothing says whether a person entered it."""
    exif = document.get("exifInfo")
    details = {**document, **(exif if isinstance(exif, dict) else {})}
    place = values.place(details.get("latitude"), details.get("longitude"))
    latitude, longitude = place or (None, None)
    date = details.get("dateTimeOriginal") or details.get("dateTaken")
    return SidecarFacts(
        caption=values.text(details.get("description")),
        tags=_tags(document),
        taken_at=values.moment(date),
        latitude=latitude,
        longitude=longitude,
        external_id=values.line(document.get("id"))[:200] if "exifInfo" in document else "",
        metadata=_metadata(document, details),
        is_trashed=True in (document.get("isTrashed"), document.get("trashed")),
        is_private=_visibility(document) in ("locked", "hidden"),
    )


def _tags(document: dict[str, Any]) -> tuple[str, ...]:
    written = [_last_part(tag) for tag in _texts(document, "tags", "value")]
    return tuple(values.names(written, most=values.MOST_TAGS))


def _visibility(document: dict[str, Any]) -> str:
    """Of assets: timeline, archive, locked or hidden; older exports have ``isArchived`` only."""
    return values.line(document.get("visibility")).casefold()


def _metadata(document: dict[str, Any], details: dict[str, Any]) -> dict[str, Any]:
    rating = values.number(details.get("rating"))
    albums = values.names(_texts(document, "albums", "title"))
    metadata = {
        "people": values.names(_texts(document, "people", "name")),
        "album": albums[0] if len(albums) == 1 else albums,
        "favorite": True in (document.get("isFavorite"), document.get("favorited")),
        "archived": True in (document.get("isArchived"), document.get("archived"))
        or _visibility(document) == "archive",
        "rating": int(rating) if rating and 1 <= rating <= 5 else 0,
    }
    return {key: value for key, value in metadata.items() if value}


def _texts(document: dict[str, Any], key: str, name: str) -> list[Any]:
    entries = document.get(key)
    if not isinstance(entries, list):
        return []
    return [entry.get(name) for entry in entries if isinstance(entry, dict)]


def _last_part(tag: Any) -> str:
    """Immich separates the levels of a tag by slashes."""
    return values.line(tag).rpartition("/")[2]
