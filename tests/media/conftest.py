from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from gallery.media.decode import Decoded, decode
from gallery.media.sniff import HEAD_SIZE, sniff
from gallery.media.stripped_copies import strip
from tests.scenes import opened

Decode = Callable[[bytes], Decoded]


@pytest.fixture
def decoded(tmp_path: Path) -> Decode:
    """Decodes the bytes of a file in a real child process."""

    def run(data: bytes) -> Decoded:
        source = tmp_path / "original"
        source.write_bytes(data)
        folder = tmp_path / "previews"
        folder.mkdir(exist_ok=True)
        return decode(source, sniff(data[:HEAD_SIZE]).name, folder)

    return run


@pytest.fixture
def preview(decoded: Decode) -> Callable[[bytes], Image.Image]:
    """The large preview of a file's bytes."""

    def run(data: bytes) -> Image.Image:
        return opened(decoded(data).previews["large"])

    return run


@pytest.fixture
def stripped(tmp_path: Path) -> Callable[[bytes], bytes | None]:
    """The copy that a real child makes of a file's bytes."""

    def run(data: bytes) -> bytes | None:
        source, target = tmp_path / "original", tmp_path / "copy"
        source.write_bytes(data)
        is_complete = strip(source, sniff(data[:HEAD_SIZE]).name, target)
        return target.read_bytes() if is_complete else None

    return run
