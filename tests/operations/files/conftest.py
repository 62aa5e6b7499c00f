from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gallery.ingest.accept import accept
from gallery.ingest.derive import derive
from gallery.models import Image
from tests import scenes


@pytest.fixture
def picture(transactional_db: None) -> Callable[..., Image]:
    """A picture with its original and its previews."""

    def make(data: bytes | None = None, **fields: Any) -> Image:
        image = accept([data or scenes.photo()], **{"owner": None, **fields}).image
        derive(image.pk)
        image.refresh_from_db()
        return image

    return make


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of all backups."""
    return tmp_path / "backups"
