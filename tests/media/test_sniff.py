from __future__ import annotations

from pathlib import Path

import pytest

from gallery.core.errors import EmptyFile, UnsupportedType
from gallery.media.formats import FORMATS
from gallery.media.sniff import HEAD_SIZE, dimensions, sniff
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


@pytest.mark.parametrize("format", FORMATS)
def test_dimensions_are_read_from_the_header(format: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(GOOD[format])
    # HEVC encodes blocks of 64 pixels and crops the result; the header has the size before.
    assert dimensions(file) == ((64, 64) if format == "heic" else (60, 40))


def test_dimensions_of_a_damaged_header_are_unknown(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(GOOD["png"][:20])
    assert dimensions(file) is None


@pytest.mark.parametrize(("boxes", "size"), [(100, (64, 64)), (10_000, None)])
def test_only_part_of_a_long_header_is_read(
    boxes: int, size: tuple[int, int] | None, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_bytes(hostile.heic_behind_boxes(boxes))
    assert dimensions(file) == size


def test_a_path_like_a_url_is_not_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imagesize.imagesize.urlopen", lambda *_: pytest.fail("downloaded"))
    folder = tmp_path / "http:" / "host"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(GOOD["png"])
    monkeypatch.chdir(tmp_path)
    assert dimensions(Path("http:/host/a.png")) == (60, 40)
