from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gallery.ingest.accept import accept
from gallery.ingest.derive import derive
from gallery.media import decode
from gallery.models import Image
from tests import scenes


@pytest.fixture
def stored(transactional_db: None) -> Callable[..., Image]:
    """Accepts a picture; its image is not processed."""

    def make(data: bytes | None = None, **fields: Any) -> Image:
        return accept([data or scenes.photo()], **{"owner": None, **fields}).image

    return make


@pytest.fixture
def derived(stored: Callable[..., Image]) -> Callable[..., Image]:
    def make(data: bytes | None = None, **fields: Any) -> Image:
        image = stored(data, **fields)
        derive(image.pk)
        image.refresh_from_db()
        return image

    return make


@pytest.fixture
def decoder_raises(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
    def install(error: Exception) -> None:
        def failing_decode(*_: Any) -> None:
            raise error

        monkeypatch.setattr(decode, "decode", failing_decode)

    return install


@pytest.fixture
def files(own_media: Path) -> Callable[[], list[Path]]:
    """Lists all files in the media folder."""
    return lambda: sorted(path for path in own_media.rglob("*") if path.is_file())
