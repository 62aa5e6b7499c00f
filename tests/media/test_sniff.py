from __future__ import annotations

import pytest

from gallery.core.errors import EmptyFile, UnsupportedType
from gallery.media.formats import FORMATS
from gallery.media.sniff import HEAD_SIZE, sniff
from tests import hostile, scenes

GOOD = {
    "jpeg": scenes.photo("JPEG"),
    "png": scenes.photo("PNG"),
    "webp": scenes.photo("WEBP"),
    "gif": scenes.photo("GIF"),
    "bmp": scenes.photo("BMP"),
    "tiff": scenes.photo("TIFF"),
    "avif": scenes.photo("AVIF"),
    "heic": scenes.heic(),
}


@pytest.mark.parametrize("format", FORMATS)
def test_accepted_formats_are_recognised_by_their_bytes(format: str) -> None:
    assert sniff(GOOD[format][:HEAD_SIZE]).name == format


@pytest.mark.parametrize(
    ("head", "description"),
    [
        (hostile.TEXT, "a text file"),
        (hostile.SVG, "an SVG drawing"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><!-- x --><svg>", "an SVG drawing"),
        (hostile.HTML, "an HTML page"),
        (hostile.PDF, "a PDF document"),
        (b"PK\x03\x04" + bytes(20), "a ZIP archive"),
        (b"\0\0\0\x18ftypmp42" + bytes(12), "a video"),
        (b"BM, the text that begins like a bitmap", "a text file"),
        (bytes(64), "not a picture"),
        (b"\xff", "not a picture"),
    ],
)
def test_other_files_are_refused_with_their_type(head: bytes, description: str) -> None:
    with pytest.raises(UnsupportedType, match=description):
        sniff(head)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(EmptyFile):
        sniff(b"")
