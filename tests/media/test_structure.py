from __future__ import annotations

import io
import time

import PIL.Image
import pytest

from gallery.core.errors import CorruptImage, TooManyParts
from gallery.media.decode import decode_query
from gallery.media.sniff import HEAD_SIZE, sniff
from gallery.media.structure.check import check
from tests import hostile, scenes
from tests.media.conftest import Decode
from tests.media.test_sniff import GOOD

MANY = {
    "directories": hostile.tiff_of_directories(100_000),
    "chunks of png": hostile.png_of_chunks(200_000),
    "frames": hostile.gif_of_frames(100_000, side=1),
    "blocks": hostile.gif_of_blocks(2_000_000),
    "chunks of webp": hostile.webp_of_chunks(500_000),
    "segments": hostile.jpeg_of_segments(500_000),
    "scans": hostile.jpeg_of_scans(500),
}


@pytest.mark.parametrize("name", MANY)
def test_files_of_many_parts_are_refused_quickly(name: str) -> None:
    started = time.perf_counter()
    with pytest.raises(TooManyParts, match=name.split()[0]):
        _check(MANY[name])
    assert time.perf_counter() - started < 0.5


def test_an_upload_of_many_directories_is_refused(decoded: Decode) -> None:
    with pytest.raises(TooManyParts):
        decoded(MANY["directories"])


def test_a_search_with_many_directories_is_refused() -> None:
    with pytest.raises(TooManyParts):
        decode_query(MANY["directories"])


def test_directories_that_share_their_bytes_are_refused() -> None:
    with pytest.raises(CorruptImage, match="many times the file"):
        _check(hostile.tiff_of_directories(500, shared=1 << 20))


def test_a_chain_of_directories_in_circles_ends() -> None:
    data = bytearray(hostile.tiff_of_directories(2))
    second = 8 + 2 + 12 * 10 + 4
    data[second + 122 : second + 126] = (8).to_bytes(4, "little")
    with pytest.raises(CorruptImage):
        _check(bytes(data))


@pytest.mark.parametrize("format", GOOD)
def test_good_pictures_pass(format: str) -> None:
    _check(GOOD[format])


@pytest.mark.parametrize("name", ["TIFF", "PNG", "GIF", "WEBP"])
def test_an_animation_or_a_document_passes(name: str) -> None:
    pages = [PIL.Image.new("L", (20, 20), grey) for grey in range(0, 250, 5)]
    file = io.BytesIO()
    pages[0].save(file, name, save_all=True, append_images=pages[1:])
    _check(file.getvalue())


@pytest.mark.parametrize("format", GOOD)
def test_a_cut_file_never_crashes_the_look(format: str) -> None:
    for end in range(12, 120):
        try:
            _check(GOOD[format][:end])
        except CorruptImage:
            continue


def test_a_progressive_photo_passes() -> None:
    _check(scenes.photo("JPEG", size=(600, 400), progressive=True))


def _check(data: bytes) -> None:
    check(data, sniff(data[:HEAD_SIZE]).name)
