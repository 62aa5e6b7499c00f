"""A stripped copy looks as the original does and says nothing else."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image, ImageSequence

from gallery.media.copies.stripping import strip
from gallery.media.sniff import HEAD_SIZE, sniff
from tests import canaries
from tests.hostile import truncated_jpeg
from tests.scenes import photo

CONTAINERS = pytest.mark.parametrize("make", canaries.STRIPPED.values(), ids=canaries.STRIPPED)


@pytest.fixture
def stripped(tmp_path: Path) -> Callable[[bytes], bytes | None]:
    """The copy that a real child makes of a file's bytes."""

    def run(data: bytes) -> bytes | None:
        source, target = tmp_path / "original", tmp_path / "copy"
        source.write_bytes(data)
        is_complete = strip(source, sniff(data[:HEAD_SIZE]).name, target)
        return target.read_bytes() if is_complete else None

    return run


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


def test_a_truncated_jpeg_is_copied(stripped: Callable[[bytes], bytes | None]) -> None:
    assert stripped(truncated_jpeg()) is not None
