from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from gallery.ingest.imports import create, run
from gallery.models import ImportJob
from tests import scenes

ImportFolder = Callable[[], ImportJob]


@pytest.fixture
def import_folder(owner: User, tmp_path: Path) -> ImportFolder:
    """Imports a folder with one picture until the import is complete."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "red.png").write_bytes(scenes.plain())

    def start() -> ImportJob:
        job = create.create(folder, owner, create.ImportOptions())
        run.run(60)
        return job

    return start
