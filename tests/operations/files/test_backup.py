"""A backup of a site in use is complete, and a restore gives the same gallery."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from gallery.core.errors import BackupFailed, NotNow
from gallery.ingest.sweep import sweep
from gallery.media import storage
from gallery.models import DeletedImage, Embedding, Image
from gallery.models.locks import Lock
from gallery.operations.files.backup import backup
from gallery.operations.files.repository import Entry
from tests import scenes
from tests.builders import make_embedding, make_space, unit_vector
from tests.other_session import held_elsewhere

Picture = Callable[..., Image]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def contents(media: Path) -> dict[str, bytes]:
    """All files of the site; the temporary folder is left out."""
    files = [path for path in media.rglob("*") if path.is_file()]
    return {str(path.relative_to(media)): path.read_bytes() for path in files}


def restore(folder: Path, *arguments: str) -> str:
    output = StringIO()
    call_command("restore", str(folder), *arguments, stdout=output)
    return output.getvalue()


def lose_everything(media: Path) -> None:
    shutil.rmtree(media)
    Image.objects.all().delete()
    User.objects.all().delete()
    DeletedImage.objects.all().delete()


def copied(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("originals/*/*")}


def in_another_session(action: Callable[[], Any]) -> None:
    def act() -> None:
        action()
        connection.close()

    thread = threading.Thread(target=act)
    thread.start()
    thread.join()


def test_a_restored_gallery_is_the_same(
    picture: Picture, owner: User, own_media: Path, folder: Path
) -> None:
    image = picture(owner=owner, title="A boat")
    make_embedding(image, make_space(), unit_vector(1))
    files = contents(own_media)
    backup(folder)
    lose_everything(own_media)
    restore(folder)
    assert contents(own_media) == files
    assert [(row.title, row.owner) for row in Image.objects.all()] == [("A boat", owner)]
    vector = Embedding.objects.values_list("vector", flat=True).get()
    assert list(vector) == pytest.approx(unit_vector(1))


def test_deletions_during_a_backup_lose_nothing(
    picture: Picture, owner: User, owner_client: Client, own_media: Path, folder: Path
) -> None:
    for number in range(20):
        picture(scenes.plain((number, 0, 0)), owner=owner)
    files = contents(own_media)

    def delete_all() -> None:
        for key in Image.objects.values_list("pk", flat=True):
            assert owner_client.post(f"/pictures/{key}/delete/").status_code == 302
        sweep()

    def delete_before_the_first_copy(entries: Iterable[Entry], total: int) -> Iterator[Entry]:
        in_another_session(delete_all)
        assert not Image.objects.exists()
        yield from entries

    summary = backup(folder, track=delete_before_the_first_copy)
    assert (summary.images, summary.missing) == (20, [])
    sweep()
    assert contents(own_media) == {}
    restore(folder)
    assert contents(own_media) == files
    assert Image.objects.count() == 20


def test_a_second_backup_copies_only_what_is_new(picture: Picture, folder: Path) -> None:
    first = picture()
    backup(folder)
    copy = next(folder.glob("originals/*/*"))
    before = copy.stat().st_ino
    second = picture(scenes.plain())
    backup(folder)
    assert copied(folder) == {first.sha256, second.sha256}
    assert copy.stat().st_ino == before


def test_old_backups_and_their_files_are_deleted(picture: Picture, folder: Path) -> None:
    first = picture()
    backup(folder)
    first.delete()
    second = picture(scenes.plain())
    backup(folder, keep=1)
    assert copied(folder) == {second.sha256}
    assert [path.name for path in folder.glob("previews/*/*")] == [str(second.pk)]


def test_files_are_private(picture: Picture, folder: Path) -> None:
    picture()
    backup(folder)
    assert {path.stat().st_mode & 0o077 for path in folder.glob("*")} == {0}
    assert {path.stat().st_mode & 0o077 for path in folder.glob("originals/*/*")} == {0}


def test_a_lost_original_is_reported(picture: Picture, folder: Path) -> None:
    image = picture()
    storage.original_path(image).unlink()
    errors = StringIO()
    call_command("backup", str(folder), stdout=StringIO(), stderr=errors)
    assert f"The original of {image.pk} is missing" in errors.getvalue()


def test_changed_bytes_are_reported(picture: Picture, folder: Path) -> None:
    image = picture()
    storage.original_path(image).write_bytes(b"other bytes")
    assert backup(folder).damaged == [str(image.pk)]
    assert copied(folder) == set()


def test_a_failed_backup_is_not_offered(picture: Picture, folder: Path) -> None:
    picture()

    def fill_the_disk(entries: Iterable[Entry], total: int) -> Iterator[Entry]:
        raise OSError(28, "No space left on device")

    with pytest.raises(BackupFailed, match="No space left"):
        backup(folder, track=fill_the_disk)
    with pytest.raises(CommandError, match="no complete backup"):
        restore(folder, "--replace")


def test_two_backups_do_not_run_together(folder: Path, transactional_db: None) -> None:
    with held_elsewhere(Lock.BACKUP), pytest.raises(NotNow):
        backup(folder)


def test_a_restore_deletes_pictures_only_on_demand(
    picture: Picture, own_media: Path, folder: Path
) -> None:
    old = picture()
    backup(folder)
    new = picture(scenes.plain())
    with pytest.raises(CommandError, match="--replace"):
        restore(folder)
    assert Image.objects.count() == 2
    restore(folder, "--replace")
    assert Image.objects.get() == old
    assert storage.original_path(new).is_file()  # for a day, then among the orphans


def test_a_damaged_dump_changes_nothing(picture: Picture, folder: Path) -> None:
    picture()
    backup(folder)
    (dump,) = folder.glob("*/database.dump")
    dump.write_bytes(dump.read_bytes()[: dump.stat().st_size * 2 // 3])
    with pytest.raises(CommandError, match="failed"):
        restore(folder, "--replace")
    assert Image.objects.count() == 1


def test_a_backup_of_a_newer_version_is_refused(picture: Picture, folder: Path) -> None:
    picture()
    backup(folder)
    (summary,) = folder.glob("*/backup.json")
    described = json.loads(summary.read_text())
    summary.write_text(json.dumps({**described, "migration": "9999_later"}))
    with pytest.raises(CommandError, match="newer version"):
        restore(folder, "--replace")


def test_lost_copies_are_reported_and_marked(
    picture: Picture, own_media: Path, folder: Path
) -> None:
    image = picture()
    backup(folder)
    shutil.rmtree(folder / "originals")
    shutil.rmtree(folder / "previews")
    lose_everything(own_media)
    restore(folder)
    image.refresh_from_db()
    assert image.error_code == "original_missing"


def test_previews_missing_in_a_backup_are_made_again(
    picture: Picture, own_media: Path, folder: Path
) -> None:
    picture()
    backup(folder)
    shutil.rmtree(folder / "previews")
    lose_everything(own_media)
    assert "previews of 1 pictures are made again" in restore(folder)


def test_a_backup_inside_the_media_is_refused(own_media: Path) -> None:
    with pytest.raises(BackupFailed, match="inside"):
        backup(own_media / "backups")


def test_other_users_cannot_read_the_password(
    folder: Path,
    tmp_path: Path,
    gallery_setting: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    transactional_db: None,
) -> None:
    """Everybody on a machine can read the command lines of all processes."""
    program = tmp_path / "pg_dump"
    program.write_text(f'#!/bin/sh\necho "$PGPASSWORD" "$@" > {tmp_path}/call\n')
    program.chmod(0o700)
    gallery_setting(postgres_programs=str(tmp_path))
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "secret-word")
    backup(folder)
    password, *arguments = (tmp_path / "call").read_text().split()
    assert password == "secret-word"
    assert "secret-word" not in " ".join(arguments)


def test_missing_programs_are_named(
    folder: Path, tmp_path: Path, gallery_setting: Callable[..., None], transactional_db: None
) -> None:
    gallery_setting(postgres_programs=str(tmp_path))
    with pytest.raises(BackupFailed, match="POSTGRES_PROGRAMS"):
        backup(folder)


def test_a_backup_without_its_name_is_not_offered(picture: Picture, folder: Path) -> None:
    """The process was killed between the last file and the name."""
    picture()
    backup(folder)
    (complete,) = folder.glob("*/backup.json")
    complete.parent.rename(complete.parent.with_suffix(".unfinished"))
    with pytest.raises(CommandError, match="no complete backup"):
        restore(folder, "--replace")
