"""The JSON of a Google Takeout."""

from __future__ import annotations

from typing import Any

from gallery.ingest.imports.sidecars import values
from gallery.ingest.imports.sidecars.facts import SidecarFacts

# What an album's file is called in the languages of Google Photos.
ALBUM_FILES = (
    "metadata.json", "metadaten.json", "metadatos.json", "metadati.json", "metadados.json",
    "metadades.json", "métadonnées.json", "metagegevens.json", "metadane.json", "メタデータ.json",
    "元数据.json", "中繼資料.json",
)  # fmt: skip
_PICTURE_KEYS = {"photoTakenTime", "geoData", "imageViews", "googlePhotosOrigin"}


def is_picture(document: dict[str, Any]) -> bool:
    return not _PICTURE_KEYS.isdisjoint(document)


def facts_of(document: dict[str, Any], file_name: str) -> SidecarFacts:
    """``title`` of the document is the name that the file had when it was uploaded.

    The time is UTC, while most files state the time where they were taken. So the file's counts
    more.
    """
    latitude, longitude = _place(document) or (None, None)
    return SidecarFacts(
        caption=values.text(document.get("description")),
        taken_at=values.moment_of_seconds(_inside(document, "photoTakenTime").get("timestamp")),
        latitude=latitude,
        longitude=longitude,
        metadata=_metadata(document, file_name),
        is_trashed=document.get("trashed") is True,
        is_private=document.get("inLockedFolder") is True,
    )


def album_title(document: dict[str, Any]) -> str:
    """Empty if the document is not of an album. Exports until 2021 have it in ``albumData``."""
    album = _inside(document, "albumData") or document
    if is_picture(album) or not {"access", "date"} & album.keys():
        return ""
    return values.line(album.get("title"))[:200]


def _place(document: dict[str, Any]) -> tuple[float, float] | None:
    """``geoData`` may be corrected by a person; ``geoDataExif`` is what the file said."""
    for key in ("geoData", "geoDataExif"):
        data = _inside(document, key)
        if place := values.place(data.get("latitude"), data.get("longitude")):
            return place
    return None


def _metadata(document: dict[str, Any], file_name: str) -> dict[str, Any]:
    people = document.get("people")
    persons = people if isinstance(people, list) else []
    title = values.line(document.get("title"))[:255]
    metadata = {
        "people": values.names([one.get("name") for one in persons if isinstance(one, dict)]),
        "favorite": document.get("favorited") is True,
        "archived": document.get("archived") is True,
        "url": values.line(document.get("url"))[:500],
        "original_name": title if title != file_name else "",
    }
    return {key: value for key, value in metadata.items() if value}


def _inside(document: dict[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}
