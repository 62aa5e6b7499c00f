from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from gallery.media.decode import Decoded, decode
from gallery.media.sniff import HEAD_SIZE, sniff
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
