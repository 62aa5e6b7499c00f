from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gallery.core import dispatch
from gallery.core.dispatch import Stage
from gallery.ingest.accept import accept
from gallery.ingest.derive import derive
from gallery.media import decode
from gallery.models import Image
from tests import scenes

Hint = tuple[Stage, tuple[str, ...]]


@pytest.fixture(autouse=True)
def hints(monkeypatch: pytest.MonkeyPatch) -> list[Hint]:
    """Hints given after a commit; none of them reaches a worker."""
    given: list[Hint] = []
    monkeypatch.setattr(dispatch, "_send", lambda stage, args: given.append((stage, args)))
    return given


@pytest.fixture
def stored(transactional_db: None) -> Callable[..., Image]:
    """An accepted picture that nobody has worked on."""

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
        def decode_badly(*_: Any) -> None:
            raise error

        monkeypatch.setattr(decode, "decode", decode_badly)

    return install


@pytest.fixture
def files(own_media: Path) -> Callable[[], list[Path]]:
    """Everything that lies in the media folder."""
    return lambda: sorted(path for path in own_media.rglob("*") if path.is_file())
