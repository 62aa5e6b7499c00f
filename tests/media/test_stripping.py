"""A stripped copy looks as the original does and says nothing else."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image, ImageSequence

from gallery.media import stripped_copies
from tests import canaries
from tests.hostile import jpeg_of_scans, truncated_jpeg
from tests.scenes import photo

CONTAINERS = pytest.mark.parametrize("make", canaries.STRIPPED.values(), ids=canaries.STRIPPED)


def look(data: bytes) -> list[Any]:
    """All that a viewer shows: the pixels and time of each frame, profile, turn, repetitions."""
    with Image.open(io.BytesIO(data)) as image:
        frames = [
            (frame.convert("RGBA").tobytes(), frame.info.get("duration"))
            for frame in ImageSequence.Iterator(image)
        ]
        turn = image.getexif().get(ExifTags.Base.Orientation, 1)
        return [image.mode, frames, image.info.get("icc_profile"), turn, image.info.get("loop")]


@pytest.mark.filterwarnings("ignore:Image appears to be a malformed MPO")
@CONTAINERS
def test_a_copy_looks_the_same(
    stripped: Callable[[bytes], bytes], make: Callable[[], bytes]
) -> None:
    data = make()
    assert look(stripped(data)) == look(data)


@CONTAINERS
def test_a_copy_contains_no_canary(
    stripped: Callable[[bytes], bytes], make: Callable[[], bytes]
) -> None:
    data = make()
    assert canaries.CANARY in data
    copy = stripped(data)
    assert canaries.CANARY not in copy
    with Image.open(io.BytesIO(copy)) as image:
        assert set(image.getexif()) <= {ExifTags.Base.Orientation}
        assert not image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        assert not {"comment", "xmp", "photoshop", "mp"} & image.info.keys()


def test_a_copy_has_no_compressed_text(stripped: Callable[[bytes], bytes]) -> None:
    with Image.open(io.BytesIO(stripped(canaries.png()))) as image:
        image.load()
        assert image.text == {}  # type: ignore[attr-defined]


def test_a_turned_png_keeps_its_turn(stripped: Callable[[bytes], bytes]) -> None:
    data = photo("PNG", exif=canaries.exif(orientation=8))
    head, tail = data.index(b"eXIf") - 4, data.index(b"IDAT") - 4
    moved = data[:head] + data[tail:-12] + data[head:tail] + data[-12:]
    with Image.open(io.BytesIO(stripped(moved))) as image:
        assert image.getexif()[ExifTags.Base.Orientation] == 8


def test_a_cmyk_jpeg_keeps_its_colours(stripped: Callable[[bytes], bytes]) -> None:
    with Image.new("CMYK", (40, 30), (10, 90, 200, 30)) as picture:
        file = io.BytesIO()
        picture.save(file, "JPEG", comment=canaries.CANARY)
    assert look(stripped(file.getvalue())) == look(file.getvalue())


@pytest.mark.parametrize("make", canaries.NOT_STRIPPED.values(), ids=canaries.NOT_STRIPPED)
def test_other_containers_have_no_copy(
    stripped: Callable[[bytes], bytes | None], make: Callable[[], bytes]
) -> None:
    assert stripped(make()) is None


@CONTAINERS
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_damaged_files_give_no_canary(
    stripped: Callable[[bytes], bytes | None], make: Callable[[], bytes], part: float
) -> None:
    data = make()
    copy = stripped(data[: int(len(data) * part)])
    assert copy is None or canaries.CANARY not in copy


@pytest.mark.parametrize(("hours", "is_decided"), [(0, True), (23, True), (25, False)])
def test_an_impossible_copy_is_tried_daily(tmp_path: Path, hours: int, is_decided: bool) -> None:
    path = tmp_path / "copy"
    path.touch()
    changed = time.time() - hours * 3600
    os.utime(path, (changed, changed))
    assert stripped_copies.is_decided(path) == is_decided


def test_a_copy_is_kept_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "copy"
    path.write_bytes(b"a copy")
    os.utime(path, (0, 0))
    assert stripped_copies.is_decided(path)


def test_a_jpeg_without_end_has_no_copy(stripped: Callable[[bytes], bytes | None]) -> None:
    """Nothing tells its coded data from what was appended to it."""
    assert stripped(truncated_jpeg() + canaries.CANARY) is None


def test_a_file_of_many_parts_has_no_copy(stripped: Callable[[bytes], bytes | None]) -> None:
    """It may have been stored before parts were counted."""
    assert stripped(jpeg_of_scans(500)) is None
