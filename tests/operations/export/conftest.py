from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from django.core.management import call_command

from gallery.ingest.accept import accept
from gallery.models import Image
from tests import scenes


@pytest.fixture
def picture(transactional_db: None) -> Callable[..., Image]:
    """A picture with its original; it is not processed."""

    def make(data: bytes | None = None, **fields: Any) -> Image:
        return accept([data or scenes.photo()], **{"owner": None, **fields}).image

    return make


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "export"


@pytest.fixture
def export(folder: Path) -> Callable[..., str]:
    """Runs the command; returns what it prints."""

    def run(**options: Any) -> str:
        output = StringIO()
        call_command("export", folder, stdout=output, stderr=output, **options)
        return output.getvalue()

    return run


@pytest.fixture
def rows(folder: Path) -> Callable[[], list[dict[str, Any]]]:
    """The rows of the table."""

    def read() -> list[dict[str, Any]]:
        table = pyarrow.parquet.read_table(folder / "pictures.parquet").to_pylist()
        assert isinstance(table, list)
        return table

    return read
