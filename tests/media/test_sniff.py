from __future__ import annotations

from pathlib import Path

import pytest

from gallery.core.errors import EmptyFile, UnsupportedType
from gallery.media.sniff import HEAD_SIZE, KINDS, dimensions, sniff
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


@pytest.mark.parametrize("format", KINDS)
def test_an_accepted_format_is_known_by_its_bytes(format: str) -> None:
    assert sniff(GOOD[format][:HEAD_SIZE]).format == format


@pytest.mark.parametrize(
    ("head", "words"),
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
def test_what_is_no_picture_is_refused_by_its_name(head: bytes, words: str) -> None:
    with pytest.raises(UnsupportedType, match=words):
        sniff(head)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(EmptyFile):
        sniff(b"")


@pytest.mark.parametrize("format", KINDS)
def test_dimensions_are_read_from_the_header(format: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(GOOD[format])
    # The HEVC coder works in blocks of 64 and crops afterwards; only the former is in the header.
    assert dimensions(file) == ((64, 64) if format == "heic" else (60, 40))


def test_dimensions_of_a_damaged_header_are_unknown(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(GOOD["png"][:20])
    assert dimensions(file) is None


@pytest.mark.parametrize(("boxes", "found"), [(100, (64, 64)), (10_000, None)])
def test_a_header_of_endless_boxes_does_not_keep_the_web_process_busy(
    boxes: int, found: tuple[int, int] | None, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_bytes(hostile.heic_behind_boxes(boxes))
    assert dimensions(file) == found


def test_a_file_name_that_looks_like_an_address_is_not_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imagesize.imagesize.urlopen", lambda *_: pytest.fail("fetched"))
    folder = tmp_path / "http:" / "host"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(GOOD["png"])
    monkeypatch.chdir(tmp_path)
    assert dimensions(Path("http:/host/a.png")) == (60, 40)
