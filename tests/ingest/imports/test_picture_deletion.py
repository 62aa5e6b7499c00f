"""An import is deleted together with the pictures that it added, and with no others."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.utils import timezone

from gallery.core.errors import ImportBeingDeleted, SourceMissing
from gallery.ingest import change
from gallery.ingest.accept import accept
from gallery.ingest.imports import control, create, picture_deletion, run
from gallery.models import Event, Image, ImportJob, Moderation
from tests import scenes
from tests.builders import make_image
from tests.ingest.imports.conftest import Import

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def one_picture_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change, "CHUNK_SIZE", 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for level in (50, 100, 150):
        (folder / f"{level}.png").write_bytes(scenes.plain((level, 0, 0)))
    return folder


def originals(media: Path) -> int:
    return sum(path.is_file() for path in (media / "originals").rglob("*"))


def let_others_go_first(job: ImportJob) -> None:
    later = timezone.now() + timedelta(hours=1)
    ImportJob.objects.filter(pk=job.pk).update(worked_at=later)


def test_only_the_pictures_it_added_are_deleted(
    imported: Import, folder: Path, owner: User, own_media: Path
) -> None:
    before = imported(folder)
    for level in (0, 1, 2):
        (folder / f"{level}.png").write_bytes(scenes.plain((0, 0, level)))
    job = imported(folder)
    assert (job.imported, job.duplicates) == (3, 3)
    uploaded = make_image(owner)
    files = originals(own_media)

    picture_deletion.begin(job)
    run.run()
    assert originals(own_media) == files - 3
    assert set(ImportJob.objects.all()) == {before}
    assert set(Image.objects.values_list("import_id", flat=True)) == {before.pk, None}
    assert Image.objects.filter(pk=uploaded.pk).exists()


def test_it_adds_nothing_more(folder: Path, owner: User, own_media: Path) -> None:
    job = create.create(folder, owner, create.ImportOptions())
    picture_deletion.begin(job)
    run.run()
    assert not Image.objects.exists()
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize("is_superuser", [False, True])
def test_blocked_pictures_stay(
    imported: Import, folder: Path, own_media: Path, owner: User, *, is_superuser: bool
) -> None:
    User.objects.filter(pk=owner.pk).update(is_superuser=is_superuser)
    job = imported(folder)
    blocked = Image.objects.order_by("pk")[0]
    Image.objects.filter(pk=blocked.pk).update(moderation=Moderation.BLOCKED)
    picture_deletion.begin(job)
    run.run()
    assert Image.objects.get() == blocked
    assert not ImportJob.objects.exists()


def test_pictures_uploaded_again_meanwhile_stay(
    imported: Import, folder: Path, owner: User, own_media: Path
) -> None:
    picture_deletion.begin(imported(folder))
    again = accept([scenes.plain((100, 0, 0))], owner=owner)
    assert not again.created
    run.run()
    assert Image.objects.get() == again.image


def test_pictures_imported_again_meanwhile_stay(
    imported: Import, folder: Path, owner: User, own_media: Path
) -> None:
    deleted = imported(folder)
    picture_deletion.begin(deleted)
    let_others_go_first(deleted)
    job = imported(folder)
    assert (job.imported, job.duplicates) == (0, 3)
    run.run()
    assert list(Image.objects.values_list("import_id", flat=True)) == [job.pk] * 3
    assert set(ImportJob.objects.all()) == {job}


def test_the_command_deletes_the_pictures_of_others(
    imported: Import, folder: Path, owner: User, own_media: Path
) -> None:
    deleted = imported(folder)
    picture_deletion.begin(deleted)
    job = create.create(folder, owner, create.ImportOptions())
    run.run_until_done(job, lambda _: None)
    job.refresh_from_db()
    assert (job.imported, job.duplicates) == (3, 0)
    assert set(ImportJob.objects.all()) == {job}


def test_a_deletion_that_began_stays(imported: Import, folder: Path, own_media: Path) -> None:
    job = imported(folder)
    picture_deletion.begin(job)
    with pytest.raises(ImportBeingDeleted):
        control.delete(job)
    run.run()
    assert not Image.objects.exists()


def test_the_removed_file_is_no_problem(
    folder: Path, owner: User, own_media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = create.create(folder, owner, create.ImportOptions())

    def deleted_meanwhile(job: ImportJob) -> None:
        picture_deletion.begin(job)
        raise SourceMissing("The file cannot be opened.")

    monkeypatch.setattr(run, "refuse_changed", deleted_meanwhile)
    run.run()
    job.refresh_from_db()
    assert job.problem == ""
    assert not Event.objects.filter(name="import.stopped").exists()


def test_a_deletion_that_fails_stops_no_other_import(
    imported: Import, folder: Path, owner: User, own_media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted = imported(folder)
    picture_deletion.begin(deleted)
    job = create.create(folder, owner, create.ImportOptions())

    def fail(images: object) -> int:
        raise OperationalError("the disk is full")

    monkeypatch.setattr(change, "delete", fail)
    for _ in range(2):
        with pytest.raises(OperationalError):
            run.run()
    job.refresh_from_db()
    assert job.completed_at is not None
