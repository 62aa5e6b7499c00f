"""Folders that are watched: new files are imported when they have stopped changing."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from gallery.core.errors import ImportRefused
from gallery.ingest.imports import create
from gallery.ingest.imports.sources import watched
from gallery.models import Image, ImportJob, JobState
from tests import scenes
from tests.ingest.imports.conftest import counts, worked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "camera"
    path.mkdir()
    return path


@pytest.fixture
def job(folder: Path, owner: User, monkeypatch: pytest.MonkeyPatch) -> ImportJob:
    monkeypatch.setattr(watched, "SETTLED_SECONDS", 0.0)
    return create.create(folder, owner, create.ImportOptions(), watch=True)


def look(job: ImportJob) -> ImportJob:
    """The next look, half a minute later."""
    ImportJob.objects.update(worked_at=timezone.now() - timedelta(minutes=1))
    return worked(job)


def test_new_files_are_imported_once(folder: Path, job: ImportJob) -> None:
    (folder / "a.png").write_bytes(scenes.plain())
    assert counts(look(job)) == (1, 1, 0, 0)
    (folder / "b.png").write_bytes(scenes.photo("PNG"))
    assert counts(look(job)) == (2, 2, 0, 0)
    Image.objects.all().delete()
    # What people delete does not come back, and the folder keeps its files.
    assert counts(look(job)) == (2, 2, 0, 0)
    assert sorted(path.name for path in folder.iterdir()) == ["a.png", "b.png"]
    assert job.completed_at is None


def test_very_long_paths_are_imported_once(folder: Path, job: ImportJob) -> None:
    # PostgreSQL compresses what repeats itself, so that it would fit into an index.
    deep = folder.joinpath(*[Random(n).randbytes(100).hex() for n in range(16)])
    deep.mkdir(parents=True)
    (deep / "a.png").write_bytes(scenes.plain())
    look(job)
    assert counts(look(job)) == (1, 1, 0, 0)


def test_a_changed_file_is_imported_again(folder: Path, job: ImportJob) -> None:
    file = folder / "a.png"
    file.write_bytes(scenes.plain())
    look(job)
    file.write_bytes(scenes.photo("PNG"))
    assert counts(look(job)) == (2, 2, 0, 0)


def test_a_file_that_still_changes_waits(
    folder: Path, job: ImportJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "SETTLED_SECONDS", 60.0)
    (folder / "a.png").write_bytes(scenes.plain()[:20])
    # Copying programs set the time of the original.
    os.utime(folder / "a.png", (time.time() - 1e6, time.time() - 1e6))
    assert counts(look(job)) == (0, 0, 0, 0)
    (folder / "a.png").write_bytes(scenes.plain())
    monkeypatch.setattr(watched, "SETTLED_SECONDS", 0.0)
    assert counts(look(job)) == (1, 1, 0, 0)


def test_only_folders_are_watched(folder: Path, owner: User) -> None:
    (folder / "a.csv").write_text("url\n")
    with pytest.raises(ImportRefused):
        create.create(folder / "a.csv", owner, create.ImportOptions(), watch=True)


def test_a_missing_folder_is_looked_for_again(folder: Path, job: ImportJob) -> None:
    folder.rename(folder.with_name("elsewhere"))
    look(job)
    assert (job.state, job.problem_code) == (JobState.RUNNING, ImportJob.Problem.SOURCE_MISSING)
    folder.with_name("elsewhere").rename(folder)
    look(job)
    assert job.problem_code == ""
    (folder / "a.png").write_bytes(scenes.plain())
    assert counts(look(job)) == (1, 1, 0, 0)
