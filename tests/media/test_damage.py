from __future__ import annotations

import io
from typing import Any

import PIL.Image
import pytest

from tests import hostile, scenes
from tests.media.conftest import Decode
from tests.media.test_sniff import GOOD


@pytest.mark.parametrize("data", [hostile.half_zeroed_png(), hostile.short_png()])
def test_a_half_lost_png_is_damaged(data: bytes, decoded: Decode) -> None:
    PIL.Image.open(io.BytesIO(data)).load()  # Pillow alone reports nothing.
    assert decoded(data).damaged


LOST = [("JPEG", {}), ("JPEG", {"restart_marker_rows": 1, "optimize": True}), ("AVIF", {})]


@pytest.mark.parametrize(("format", "options"), LOST)
@pytest.mark.parametrize("count", [512, 4096])
def test_a_lost_block_is_damage(
    format: str, options: dict[str, Any], count: int, decoded: Decode
) -> None:
    whole = hostile.noisy_photo(format, **options)
    damaged = hostile.with_zeros(whole, count)
    PIL.Image.open(io.BytesIO(damaged)).load()  # Pillow alone reports nothing.
    assert decoded(damaged).damaged
    assert not decoded(whole).damaged


def test_restart_markers_out_of_order_are_damage(decoded: Decode) -> None:
    whole = hostile.noisy_photo("JPEG", restart_marker_rows=1)
    third, fourth = whole.index(b"\xff\xd2"), whole.index(b"\xff\xd3")
    assert decoded(whole[:third] + whole[fourth:]).damaged


@pytest.mark.parametrize("format", ["JPEG", "AVIF"])
@pytest.mark.parametrize("options", [{}, {"quality": 5}, {"quality": 100}])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_an_even_picture_is_whole(
    format: str, options: dict[str, Any], mode: str, decoded: Decode
) -> None:
    even = PIL.Image.new(mode, (1500, 1000), "white")
    assert not decoded(scenes.encoded(even, format, **options)).damaged
    if format == "JPEG":  # its shortest codes are zeros, and end a block
        assert not decoded(scenes.encoded(even, format, optimize=True, **options)).damaged


def test_zeros_behind_the_pixels_are_no_damage(decoded: Decode) -> None:
    for format in ("JPEG", "AVIF"):
        assert not decoded(hostile.noisy_photo(format) + bytes(4096)).damaged


@pytest.mark.parametrize("format", GOOD)
def test_a_good_picture_is_whole(format: str, decoded: Decode) -> None:
    assert not decoded(GOOD[format]).damaged


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_black_picture_is_whole(mode: str, decoded: Decode) -> None:
    assert not decoded(scenes.encoded(PIL.Image.new(mode, (33, 21)), "PNG")).damaged


def test_a_picture_in_two_chunks_is_whole(decoded: Decode) -> None:
    assert not decoded(hostile.black_png()).damaged
    assert not decoded(scenes.encoded(scenes.quadrants(900, 700), compress_level=0)).damaged
