"""Undoing an import deletes the pictures that it added, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from gallery.ingest.imports import create, run, undo
from gallery.models import Image, ImportJob, Moderation
from tests import scenes
from tests.builders import make_image
from tests.ingest.imports.conftest import Import

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for level in (50, 100, 150):
        (folder / f"{level}.png").write_bytes(scenes.plain((level, 0, 0)))
    return folder


def originals(media: Path) -> int:
    return sum(path.is_file() for path in (media / "originals").rglob("*"))


def test_only_the_pictures_it_added_are_deleted(
    imported: Import, folder: Path, owner: User, own_media: Path
) -> None:
    before = imported(folder)
    (folder / "black.png").write_bytes(scenes.plain((0, 0, 0)))
    job = imported(folder)
    assert (job.imported, job.duplicates) == (1, 3)
    uploaded = make_image(owner)
    files = originals(own_media)

    undo.begin(job)
    run.run()
    assert originals(own_media) == files - 1
    assert set(ImportJob.objects.all()) == {before}
    assert set(Image.objects.values_list("import_id", flat=True)) == {before.pk, None}
    assert Image.objects.filter(pk=uploaded.pk).exists()


def test_an_undone_import_adds_nothing_more(folder: Path, owner: User, own_media: Path) -> None:
    job = create.create(folder, owner, create.ImportOptions())
    undo.begin(job)
    run.run()
    assert not Image.objects.exists()
    assert not ImportJob.objects.exists()


def test_blocked_pictures_stay(imported: Import, folder: Path, own_media: Path) -> None:
    job = imported(folder)
    blocked = Image.objects.order_by("pk")[0]
    Image.objects.filter(pk=blocked.pk).update(moderation=Moderation.BLOCKED)
    undo.begin(job)
    run.run()
    assert Image.objects.get() == blocked
    assert not ImportJob.objects.exists()


def test_an_import_by_command_holds_up_no_undo(
    imported: Import, folder: Path, owner: User, own_media: Path
) -> None:
    undone = imported(folder)
    undo.begin(undone)
    job = create.create(folder, owner, create.ImportOptions())
    run.run_until_done(job, lambda _: None)
    job.refresh_from_db()
    assert (job.imported, job.duplicates) == (3, 0)
    assert set(ImportJob.objects.all()) == {job}
