from __future__ import annotations

import json
from typing import Any

import pytest
from PIL.TiffImagePlugin import IFDRational

from gallery.media.metadata import chosen
from tests import hostile, scenes


def noted(**tags: Any) -> dict[str, Any]:
    exif = hostile.camera_notes(**tags)
    return chosen(scenes.opened(scenes.photo("JPEG", exif=exif)))


@pytest.mark.parametrize(
    ("make", "model", "shown"),
    [
        ("Canon", "Canon EOS 5D", "Canon EOS 5D"),
        ("NIKON CORPORATION", "NIKON D90", "NIKON D90"),
        ("Apple", "iPhone 15", "Apple iPhone 15"),
        ("", "X100", "X100"),
        ("Leica", "", "Leica"),
    ],
)
def test_a_camera_is_named_once(make: str, model: str, shown: str) -> None:
    assert noted(Make=make, Model=model)["exif"] == {"camera": shown}


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [((1, 250), "1/250"), ((10, 2500), "1/250"), ((1, 2), "0.5"), ((30, 1), "30")],
)
def test_an_exposure_is_written_as_on_a_camera(seconds: tuple[int, int], shown: str) -> None:
    assert noted(ExposureTime=IFDRational(*seconds))["exif"] == {"exposure": shown}


@pytest.mark.parametrize("value", [IFDRational(0, 0), IFDRational(1, 0), IFDRational(0, 1)])
def test_numbers_that_are_none_are_left_out(value: IFDRational) -> None:
    facts = noted(FocalLength=value, FNumber=value, ExposureTime=value)
    assert facts["exif"] == {}
    json.dumps(facts, allow_nan=False)


def test_characters_that_the_database_refuses_do_not_come_through() -> None:
    assert noted(Model="X\x01 100\x1b[31m")["exif"] == {"camera": "X 100 [31m"}


def test_endless_names_are_cut() -> None:
    assert len(noted(LensModel="x" * 5000)["exif"]["lens"]) == 100


@pytest.mark.parametrize(
    ("date", "offset", "taken_at"),
    [
        ("2021:05:06 07:08:09", "+02:00", "2021-05-06T07:08:09+02:00"),
        ("2021:05:06 07:08:09", "", "2021-05-06T07:08:09"),
        ("2021:05:06 07:08:09", "nonsense", "2021-05-06T07:08:09"),
        ("0000:00:00 00:00:00", "", None),
        ("0001:01:01 00:00:00", "", None),
        ("9999:12:31 23:59:59", "", None),
        ("yesterday", "", None),
    ],
)
def test_a_moment_is_taken_if_it_can_be_one(date: str, offset: str, taken_at: str | None) -> None:
    facts = noted(DateTimeOriginal=date, OffsetTimeOriginal=offset)
    assert facts["taken_at"] == taken_at


def test_a_picture_without_notes_has_none() -> None:
    assert chosen(scenes.opened(scenes.photo("PNG"))) == {"exif": {}, "taken_at": None}
