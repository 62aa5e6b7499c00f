"""Imports of folders."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from gallery.ingest.imports import control, create, reading
from gallery.ingest.imports.rows import claims
from gallery.ingest.imports.sources import places
from gallery.ingest.imports.sources.base import chunks_of
from gallery.ingest.imports.sources.opening import open_source
from gallery.models import Event, Image, ImportJob, ImportRow, JobState
from tests import scenes
from tests.ingest.imports.conftest import Import, counts, reasons, worked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "pictures"
    (path / "holiday" / "lake").mkdir(parents=True)
    return path


def test_a_folder_and_its_folders_are_imported(folder: Path, imported: Import, owner: User) -> None:
    (folder / "red.png").write_bytes(scenes.plain())
    (folder / "holiday" / "lake" / "lake.jpg").write_bytes(scenes.photo())
    job = imported(folder, visibility="private", tags=("Lakes",))
    assert counts(job) == (2, 2, 0, 0)
    assert job.completed_at is not None
    images = Image.objects.filter(owner=owner, visibility="private").order_by("file_name")
    assert [(image.file_name, image.tag_names) for image in images] == [
        ("lake.jpg", "Lakes"), ("red.png", "Lakes"),
    ]  # fmt: skip


def test_other_files_are_dropped_with_reasons(folder: Path, imported: Import) -> None:
    (folder / "red.png").write_bytes(scenes.plain())
    (folder / "holiday" / "notes.txt").write_text("Nothing to see here.")
    (folder / "empty.jpg").touch()
    (folder / ".hidden.png").write_bytes(scenes.photo("PNG"))
    (folder / "red.json").write_text("{}")
    job = imported(folder)
    assert counts(job) == (3, 1, 0, 2)
    assert reasons(job) == {
        "holiday/notes.txt": "unsupported_type",
        "empty.jpg": "empty_file",
        "red.png": "sidecar_unknown",
    }


def test_a_closed_folder_is_a_reason(
    folder: Path, imported: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Permissions do not stop the superuser, under whom tests may run."""
    (folder / "red.png").write_bytes(scenes.plain())
    list_folder = os.scandir

    def refuse_lake(path: Any) -> Any:
        if Path(path) == folder / "holiday" / "lake":
            raise PermissionError(errno.EACCES, "Permission denied")
        return list_folder(path)

    monkeypatch.setattr(os, "scandir", refuse_lake)
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", 1)
    job = imported(folder)
    assert counts(job) == (2, 1, 0, 1)
    assert reasons(job) == {"holiday/lake/": "file_unreadable"}


def test_a_lost_sidecar_stops_the_import(
    folder: Path, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "red.png").write_bytes(scenes.plain())
    (folder / "red.png.json").write_text("{}")
    job = create.create(folder, owner, create.ImportOptions())

    def lose_folder(_: Any) -> Iterator[bytes]:
        folder.rename(folder.with_name("away"))
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(places, "chunks_of", lose_folder)
    assert worked(job).problem_code == "source_missing"
    assert not ImportRow.objects.filter(job=job).exists()


def test_links_out_of_the_folder_are_not_read(folder: Path, imported: Import) -> None:
    (folder.parent / "secret.png").write_bytes(scenes.plain())
    (folder / "link.png").symlink_to(folder.parent / "secret.png")
    (folder / "circle").symlink_to(folder)
    job = imported(folder)
    assert reasons(job) == {"circle": "file_missing", "link.png": "unsafe_path"}
    assert not Image.objects.exists()


def test_names_that_are_not_utf_8_are_reasons(folder: Path, imported: Import) -> None:
    (folder / os.fsdecode(b"\xff.png")).write_bytes(scenes.plain())
    (folder / "a.png").write_bytes(scenes.plain())
    assert counts(imported(folder)) == (2, 1, 0, 1)


def test_pictures_that_exist_are_duplicates(folder: Path, imported: Import) -> None:
    for name in ("a.png", "b.png", "c.png"):
        (folder / name).write_bytes(scenes.plain())
    assert counts(imported(folder)) == (3, 1, 2, 0)
    assert counts(imported(folder)) == (3, 0, 3, 0)
    assert not ImportRow.objects.exists()


def test_updates_do_not_publish_pictures(folder: Path, imported: Import) -> None:
    (folder / "red.png").write_bytes(scenes.plain())
    imported(folder, visibility="private")
    job = imported(folder, visibility="public", on_duplicate="update", tags=("Lakes",))
    assert counts(job) == (1, 0, 1, 0)
    image = Image.objects.get()
    assert (image.visibility, image.tag_names) == ("private", "Lakes")


def test_a_missing_folder_pauses_the_import(folder: Path, owner: User, imported: Import) -> None:
    job = create.create(folder, owner, create.ImportOptions())
    folder.rename(folder.with_name("elsewhere"))
    other = folder.with_name("elsewhere") / "other"
    other.mkdir()
    (other / "red.png").write_bytes(scenes.plain())
    assert counts(imported(other)) == (1, 1, 0, 0)
    job.refresh_from_db()
    assert (job.state, job.problem_code) == (JobState.PAUSED, ImportJob.Problem.SOURCE_MISSING)


def broken(_: Any) -> Iterator[bytes]:
    raise OSError(errno.EIO, "Input/output error")


def test_files_that_cannot_be_read_wait(
    folder: Path, imported: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "red.png").write_bytes(scenes.plain())
    with monkeypatch.context() as faults:
        faults.setattr(places, "chunks_of", broken)
        job = imported(folder)
    assert (counts(job), job.state) == ((1, 0, 0, 0), JobState.RUNNING)
    assert "Input/output error" in job.problem
    ImportRow.objects.update(next_attempt_at=timezone.now())
    worked(job)
    assert (counts(job), job.problem) == ((1, 1, 0, 0), "")
    assert job.completed_at is not None


def test_an_unreadable_file_stops_no_other(
    folder: Path, imported: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    for level in (50, 100, 150):
        (folder / f"{level}.png").write_bytes(scenes.plain((level, 0, 0)))

    def some(file: Any) -> Iterator[bytes]:
        return broken(file) if file.name.endswith("100.png") else chunks_of(file)

    monkeypatch.setattr(places, "chunks_of", some)
    job = imported(folder)
    assert (counts(job), job.problem) == ((3, 2, 0, 0), "")
    assert not Event.objects.filter(name="import.stopped").exists()


def test_killed_rows_are_tried_alone(folder: Path, owner: User) -> None:
    for level in (50, 100, 150):
        (folder / f"{level}.png").write_bytes(scenes.plain((level, 0, 0)))
    job = create.create(folder, owner, create.ImportOptions())
    reading.read_next(job.pk, open_source(job))
    claims.claim(job, 2, without=(), held=())
    claims.release_all(job)
    good = claims.claim(job, 9, without=(), held=())
    assert [row.attempts for row in good] == [1]
    assert claims.claim(job, 9, without=(), held=good) == []
    (first,) = claims.claim(job, 9, without=(), held=())
    assert first.attempts == 2
    assert claims.claim(job, 9, without=(), held=[first]) == []


def test_a_file_that_is_never_readable_is_dropped(
    folder: Path, imported: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "red.png").write_bytes(scenes.plain())
    monkeypatch.setattr(places, "chunks_of", broken)
    job = imported(folder)
    for _ in range(9):
        assert counts(job) == (1, 0, 0, 0)
        ImportRow.objects.update(next_attempt_at=timezone.now())
        worked(job)
    assert reasons(job) == {"red.png": "file_unreadable"}


def test_rows_wait_for_a_folder_that_is_gone(folder: Path, owner: User) -> None:
    """As when nothing is mounted any more: the folder is there, and empty."""
    (folder / "red.png").write_bytes(scenes.plain())
    job = create.create(folder, owner, create.ImportOptions())
    reading.read_next(job.pk, open_source(job))
    folder.rename(folder.with_name("elsewhere"))
    folder.mkdir()
    worked(job)
    assert (job.state, job.problem_code) == (JobState.PAUSED, ImportJob.Problem.SOURCE_MISSING)
    folder.rmdir()
    folder.with_name("elsewhere").rename(folder)
    control.resume(job)
    assert counts(worked(job)) == (1, 1, 0, 0)


def test_a_file_that_is_gone_is_a_reason(folder: Path, owner: User) -> None:
    for name in ("red.png", "blue.png"):
        (folder / name).write_bytes(scenes.plain())
    job = create.create(folder, owner, create.ImportOptions())
    reading.read_next(job.pk, open_source(job))
    (folder / "red.png").unlink()
    assert counts(worked(job)) == (2, 1, 0, 1)
    assert reasons(job) == {"red.png": "file_missing"}
