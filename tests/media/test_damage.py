from __future__ import annotations

import io

import PIL.Image
import pytest

from tests import hostile, scenes
from tests.media.conftest import Decode
from tests.media.test_sniff import GOOD


@pytest.mark.parametrize("data", [hostile.half_zeroed_png(), hostile.short_png()])
def test_a_half_lost_png_is_damaged(data: bytes, decoded: Decode) -> None:
    PIL.Image.open(io.BytesIO(data)).load()  # Pillow alone reports nothing.
    assert decoded(data).damaged


@pytest.mark.parametrize("format", GOOD)
def test_a_good_picture_is_whole(format: str, decoded: Decode) -> None:
    assert not decoded(GOOD[format]).damaged


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_black_picture_is_whole(mode: str, decoded: Decode) -> None:
    assert not decoded(scenes.encoded(PIL.Image.new(mode, (33, 21)), "PNG")).damaged


def test_a_picture_in_two_chunks_is_whole(decoded: Decode) -> None:
    assert not decoded(hostile.black_png()).damaged
    assert not decoded(scenes.encoded(scenes.quadrants(900, 700), compress_level=0)).damaged
