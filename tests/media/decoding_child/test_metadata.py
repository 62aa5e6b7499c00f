from __future__ import annotations

import json
from typing import Any

import pytest
from PIL.TiffImagePlugin import IFDRational

from gallery.media.decoding_child import metadata
from tests import hostile, scenes


def read(**tags: Any) -> dict[str, Any]:
    exif = hostile.exif_of(**tags)
    return metadata.read(scenes.opened(scenes.photo("JPEG", exif=exif)), places=True)


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("Canon", "Canon EOS 5D", "Canon EOS 5D"),
        ("NIKON CORPORATION", "NIKON D90", "NIKON D90"),
        ("Apple", "iPhone 15", "Apple iPhone 15"),
        ("", "X100", "X100"),
        ("Leica", "", "Leica"),
    ],
)
def test_a_camera_is_named_once(make: str, model: str, camera: str) -> None:
    assert read(Make=make, Model=model)["camera"] == camera


@pytest.mark.parametrize(
    ("seconds", "exposure"),
    [((1, 250), "1/250"), ((10, 2500), "1/250"), ((1, 2), "0.5"), ((30, 1), "30")],
)
def test_an_exposure_is_written_as_on_a_camera(seconds: tuple[int, int], exposure: str) -> None:
    assert read(ExposureTime=IFDRational(*seconds))["exif"] == {"exposure": exposure}


@pytest.mark.parametrize("value", [IFDRational(0, 0), IFDRational(1, 0), IFDRational(0, 1)])
def test_values_that_are_no_number_are_left_out(value: IFDRational) -> None:
    fields = read(FocalLength=value, FNumber=value, ExposureTime=value)
    assert fields["exif"] == {}
    json.dumps(fields, allow_nan=False)


def test_control_characters_are_removed() -> None:
    assert read(Model="X\x01 100\x1b[31m")["camera"] == "X 100 [31m"


def test_long_names_are_cut() -> None:
    fields = read(LensModel="x" * 5000, Make="y" * 5000, Model="z" * 5000)
    assert (len(fields["lens"]), len(fields["camera"])) == (100, 100)


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
def test_the_time_taken_is_read_if_plausible(date: str, offset: str, taken_at: str | None) -> None:
    fields = read(DateTimeOriginal=date, OffsetTimeOriginal=offset)
    assert fields["taken_at"] == taken_at


def test_a_picture_without_exif_has_no_fields() -> None:
    fields = metadata.read(scenes.opened(scenes.photo("PNG")), places=True)
    assert not any(fields.values())
