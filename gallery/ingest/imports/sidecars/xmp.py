"""XMP sidecars, as darktable, digiKam, Immich and Lightroom write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from gallery.ingest.imports.sidecars import values
from gallery.ingest.imports.sidecars.facts import Problem, SidecarFacts
from gallery.ingest.imports.sidecars.xmp_properties import Properties, properties_of

_DC = "http://purl.org/dc/elements/1.1/ "
_EXIF = "http://ns.adobe.com/exif/1.0/ "
_XMP = "http://ns.adobe.com/xap/1.0/ "
_PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/ "
_DATES = (_EXIF + "DateTimeOriginal", _PHOTOSHOP + "DateCreated", _XMP + "CreateDate")
_CAPTIONS = (_DC + "description", "http://ns.adobe.com/tiff/1.0/ ImageDescription")
_LIGHTROOM_TAGS = "http://ns.adobe.com/lightroom/1.0/ hierarchicalSubject"
_DIGIKAM_TAGS = "http://www.digikam.org/ns/1.0/ TagsList"
_PERSONS = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/ PersonInImage"
# darktable's own bookkeeping, such as "darktable|format|jpg".
_DARKTABLE = "darktable|"
# Part 2 of the XMP specification, section 1.2.7.4: "DDD,MM,SSk" or "DDD,MM.mmk".
_ANGLE = re.compile(r"(\d{1,3}),(\d{1,2}(?:\.\d{1,12})?)(?:,(\d{1,2}(?:\.\d{1,12})?))?([NSEW])")


def facts_of(data: bytes) -> SidecarFacts:
    """A date with an offset counts more than the file's: who corrects dates in Immich writes one.

    darktable writes the file's date without its offset, so such a date counts less.
    """
    properties = properties_of(data)
    date = values.moment(properties.one(*_DATES))
    latitude, longitude = _place(properties) or (None, None)
    return SidecarFacts(
        title=values.line(properties.one(_DC + "title")),
        caption=values.text(properties.one(*_CAPTIONS)),
        tags=tuple(dict.fromkeys(filter(None, map(values.line, _tags(properties))))),
        taken_at=date,
        replaces_date=date is not None and date.tzinfo is not None,
        latitude=latitude,
        longitude=longitude,
        metadata=_metadata(properties),
        problems=(Problem.DAMAGED,) if properties.is_damaged else (),
    )


def _tags(properties: Properties) -> Iterator[str]:
    """Of a path the last part. The levels of darktable's own paths are subjects too."""
    paths = properties.all(_LIGHTROOM_TAGS)
    subjects = properties.all(_DC + "subject")
    own = {
        part
        for path in [*paths, *subjects]
        if path.startswith(_DARKTABLE)
        for part in (path, *path.split("|"))
    }
    yield from (subject.rpartition("|")[2] for subject in subjects if subject not in own)
    yield from (path.rpartition("|")[2] for path in paths if path not in own)
    yield from (
        path.rpartition("/")[2]
        for path in properties.all(_DIGIKAM_TAGS)
        if not path.startswith("darktable/")
    )


def _place(properties: Properties) -> tuple[float, float] | None:
    return values.place(
        _angle(properties, "GPSLatitude", "S"), _angle(properties, "GPSLongitude", "W")
    )


def _angle(properties: Properties, name: str, negative: str) -> float | None:
    """In degrees. Some programs write a number, with the direction in a property of its own."""
    written = properties.one(_EXIF + name).strip().upper()
    if match := _ANGLE.fullmatch(written):
        degrees, minutes, seconds, direction = match.groups()
        angle = float(degrees) + float(minutes) / 60 + float(seconds or 0) / 3600
        return -angle if direction == negative else angle
    angle_or_none = values.number(written)
    if angle_or_none is None:
        return None
    direction = properties.one(_EXIF + name + "Ref").strip().upper()[:1]
    return -abs(angle_or_none) if direction == negative else angle_or_none


def _metadata(properties: Properties) -> dict[str, Any]:
    rating = values.number(properties.one(_XMP + "Rating"))
    metadata = {
        "rating": round(rating) if rating and 1 <= rating <= 5 else 0,
        "label": values.line(properties.one(_XMP + "Label"))[:100],
        "people": values.names([*properties.persons, *properties.all(_PERSONS)]),
    }
    return {key: value for key, value in metadata.items() if value}
