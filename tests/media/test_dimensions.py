from __future__ import annotations

from pathlib import Path

import pytest

from gallery.media.dimensions import dimensions
from gallery.media.formats import FORMATS
from tests import hostile
from tests.media.test_sniff import GOOD


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
