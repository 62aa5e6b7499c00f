from __future__ import annotations

from typing import Any

import pytest
from PIL import ExifTags
from PIL.TiffImagePlugin import IFDRational

from gallery.media.decoding_child import metadata
from tests import scenes

TAGS = {tag.name: int(tag) for tag in ExifTags.GPS}
BERLIN: dict[str, Any] = {
    "GPSLatitudeRef": "N",
    "GPSLatitude": (IFDRational(52), IFDRational(31), IFDRational(12)),
    "GPSLongitudeRef": "E",
    "GPSLongitude": (IFDRational(13), IFDRational(24), IFDRational(18)),
}


def place_of(data: bytes, *, places: bool = True) -> tuple[Any, Any]:
    fields = metadata.read(scenes.opened(data), places=places)
    return fields["latitude"], fields["longitude"]


def place(**changes: Any) -> tuple[Any, Any]:
    directory = {TAGS[name]: value for name, value in (BERLIN | changes).items() if value}
    exif = scenes.exif_with_gps(directory)
    return place_of(scenes.photo("JPEG", exif=exif))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_every_format_can_have_a_place(format: str) -> None:
    assert place_of(scenes.taken_at_place(52.52, 13.405, format)) == (52.52, 13.405)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(-33.8568, 151.2153), (40.6892, -74.0445), (-54.8, -68.3), (90, 180)],
)
def test_south_and_west_are_negative(latitude: float, longitude: float) -> None:
    assert place_of(scenes.taken_at_place(latitude, longitude)) == (latitude, longitude)


def test_degrees_may_have_decimals() -> None:
    assert place(GPSLatitude=(IFDRational(525_2, 100),)) == (52.52, 13.405)
    minutes = (IFDRational(52), IFDRational(312, 10), IFDRational(0))
    assert place(GPSLatitude=minutes) == (52.52, 13.405)


@pytest.mark.parametrize(
    "damage",
    [
        {"GPSLatitude": None},
        {"GPSLongitude": None},
        {"GPSLatitudeRef": None},
        {"GPSLongitudeRef": "?"},
        {"GPSLatitudeRef": "E"},
        {"GPSLatitude": (IFDRational(0, 0), IFDRational(0, 0), IFDRational(0, 0))},
        {"GPSLatitude": (IFDRational(91), IFDRational(0), IFDRational(0))},
        {"GPSLongitude": (IFDRational(180), IFDRational(0), IFDRational(1))},
        {"GPSLatitude": (IFDRational(52), IFDRational(61), IFDRational(0))},
        {"GPSLatitude": (IFDRational(1),) * 4},
    ],
)
def test_a_damaged_place_is_none(damage: dict[str, Any]) -> None:
    assert place(**damage) == (None, None)


def test_zero_degrees_mean_no_position() -> None:
    assert place_of(scenes.taken_at_place(0, 0)) == (None, None)
    assert place_of(scenes.taken_at_place(0, 6.73)) == (0, 6.73)


def test_a_place_is_read_only_with_permission() -> None:
    assert place_of(scenes.taken_at_place(52.52, 13.405), places=False) == (None, None)
