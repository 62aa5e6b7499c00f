"""RAW files are refused, and other TIFF files are not."""

from __future__ import annotations

import io
import struct

import PIL.Image
import pytest
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from gallery.core.errors import CameraRawFile
from gallery.media.sniff import HEAD_SIZE, sniff
from tests import scenes

SHORT, LONG = 3, 4
SUBFILE_TYPE, PHOTOMETRIC, MAKE, SUB_IFDS, DNG_VERSION = 254, 262, 271, 330, 50706


def tiff(order: str, tags: dict[int, tuple[int, int]]) -> bytes:
    """The beginning of a TIFF file with kind and value of each tag of its first directory."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entries = b""
    for tag, (kind, value) in sorted(tags.items()):
        number = struct.pack(order + ("HH" if kind == SHORT else "I"), *([value, 0][: 5 - kind]))
        entries += struct.pack(order + "HHI", tag, kind, 1) + number
    return mark + struct.pack(order + "IH", 8, len(tags)) + entries + bytes(400)


PREVIEW = {SUBFILE_TYPE: (LONG, 1), PHOTOMETRIC: (SHORT, 2), MAKE: (LONG, 300)}
RAW = {
    "Nikon": tiff(">", {**PREVIEW, SUB_IFDS: (LONG, 900)}),
    "Sony": tiff("<", {**PREVIEW, SUB_IFDS: (LONG, 900)}),
    "DNG": tiff("<", {SUBFILE_TYPE: (LONG, 0), DNG_VERSION: (LONG, 0x00000401)}),
    "DNG of a sensor": tiff("<", {PHOTOMETRIC: (SHORT, 32803)}),
    "linear DNG": tiff(">", {PHOTOMETRIC: (SHORT, 34892)}),
    "Canon CR2": b"II*\0\x10\0\0\0CR\x02\0" + bytes(500),
    "Canon CR3": b"\0\0\0\x18ftypcrx \0\0\0\1crx isom",
    "Fujifilm": b"FUJIFILMCCD-RAW 0201",
    "Olympus": b"IIRO\x08\0\0\0",
    "Panasonic": b"IIU\0\x18\0\0\0",
}


@pytest.mark.parametrize("camera", RAW)
def test_raw_files_are_refused(camera: str) -> None:
    with pytest.raises(CameraRawFile, match="RAW files are not supported"):
        sniff(RAW[camera][:HEAD_SIZE])


def saved(image: PIL.Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "TIFF", **options)
    return file.getvalue()


def described() -> ImageFileDirectory_v2:
    tags = ImageFileDirectory_v2()
    tags[MAKE] = "NIKON CORPORATION"
    return tags


PHOTO = PIL.Image.open(io.BytesIO(scenes.photo()))
ORDINARY = {
    "plain": saved(PHOTO),
    "compressed": saved(PHOTO, compression="tiff_lzw"),
    "of a camera": saved(PHOTO, tiffinfo=described()),
    "of several pages": saved(PHOTO, save_all=True, append_images=[PHOTO, PHOTO]),
    "large": saved(PHOTO, big_tiff=True),
    "a pyramid": tiff("<", {SUBFILE_TYPE: (LONG, 0), SUB_IFDS: (LONG, 900)}),
    "with thumbnails of a camera program": tiff(">", {MAKE: (LONG, 300), SUB_IFDS: (LONG, 900)}),
    "a reduced page first": tiff("<", {SUBFILE_TYPE: (LONG, 1)}),
    "tags elsewhere": b"II*\0\xff\xff\0\0" + bytes(504),
    "an endless list": b"II*\0\x08\0\0\0\xff\xff" + bytes(502),
    "cut": b"II*\0\x08",
}


@pytest.mark.parametrize("kind", ORDINARY)
def test_ordinary_tiff_files_are_accepted(kind: str) -> None:
    assert sniff(ORDINARY[kind][:HEAD_SIZE]).name == "tiff"
