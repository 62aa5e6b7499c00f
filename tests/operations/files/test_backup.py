"""A backup of a site in use is complete."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client

from gallery.core.errors import BackupFailed, NotNow
from gallery.ingest.sweep import sweep
from gallery.media import storage
from gallery.models import CompletedBackup, Image
from gallery.models.locks import Lock
from gallery.operations.files.backup import backup
from gallery.operations.files.repository import Entry
from tests import scenes
from tests.operations.files.backups import contents, restore
from tests.other_session import held_elsewhere

Picture = Callable[..., Image]
pytestmark = pytest.mark.django_db(transaction=True)


def copied(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("originals/*/*")}


def in_another_session(action: Callable[[], Any]) -> None:
    def act() -> None:
        action()
        connection.close()

    thread = threading.Thread(target=act)
    thread.start()
    thread.join()


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


def test_a_replaced_preview_is_copied_again(picture: Picture, folder: Path) -> None:
    image = picture()
    backup(folder)
    storage.preview_path(image.pk, "small").write_bytes(b"another preview")
    backup(folder)
    (copy,) = folder.glob("previews/*/*/small.webp")
    assert copy.read_bytes() == b"another preview"


def test_the_next_backup_removes_an_interrupted_one(folder: Path, transactional_db: None) -> None:
    unfinished = folder / "20261122T062834.123456Z.unfinished"
    unfinished.mkdir(parents=True)
    backup(folder)
    assert not unfinished.exists()


def test_old_backups_and_their_files_are_deleted(picture: Picture, folder: Path) -> None:
    first = picture()
    backup(folder)
    first.delete()
    second = picture(scenes.plain())
    backup(folder, keep=1)
    assert copied(folder) == {second.sha256}
    assert [path.name for path in folder.glob("previews/*/*")] == [str(second.pk)]


def test_files_of_others_are_kept(picture: Picture, folder: Path) -> None:
    names = ["originals/2020/IMG.jpg", "previews/2020/lake/IMG.jpg", "notes.unfinished/a.txt"]
    for name in names:
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(b"of another program")
    picture()
    backup(folder)
    backup(folder, keep=1)
    assert all((folder / name).is_file() for name in names)


def test_a_renamed_backup_is_kept(picture: Picture, folder: Path) -> None:
    first = picture()
    backup(folder)
    (made,) = (path.parent for path in folder.glob("*/backup.json"))
    made.rename(folder / "before the move")
    first.delete()
    newest = picture(scenes.plain())
    backup(folder, keep=1)
    assert copied(folder) == {first.sha256, newest.sha256}
    Image.objects.all().delete()
    restore(folder)
    assert Image.objects.get().pk == newest.pk


def test_the_clock_may_have_been_ahead(picture: Picture, folder: Path) -> None:
    picture()
    backup(folder)
    (made,) = (path.parent for path in folder.glob("*/backup.json"))
    made.rename(folder / "29990101T000000.000000Z")
    backup(folder, keep=1)
    (noted, _) = CompletedBackup.objects.order_by("-completed_at").values_list("name", flat=True)
    assert (folder / noted / "backup.json").is_file()
    assert not noted.startswith("2999")


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


def test_an_unreadable_file_is_reported(picture: Picture, folder: Path) -> None:
    """Such as one in a bad sector; here a folder has its name."""
    image, good = picture(), picture(scenes.plain())
    for path in (storage.original_path(image), storage.preview_path(good.pk, "small")):
        path.unlink()
        path.mkdir()
    assert backup(folder).damaged == [str(image.pk)]
    assert copied(folder) == {good.sha256}


def test_a_lost_session_fails_the_backup(picture: Picture, folder: Path) -> None:
    """Its lock is lost too, so files may have been removed before they were copied."""
    picture()
    pid = connection.connection.info.backend_pid

    def end_session() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    def end_session_before_the_first_copy(entries: Iterable[Entry], _: int) -> Iterator[Entry]:
        in_another_session(end_session)
        yield from entries

    with pytest.raises(BackupFailed, match="database was lost"):
        backup(folder, track=end_session_before_the_first_copy)
    connection.close()
    assert not list(folder.glob("*Z"))


def test_a_completed_backup_is_noted(picture: Picture, folder: Path) -> None:
    image = picture()
    backup(folder)
    first = CompletedBackup.objects.get()
    assert (first.pictures, first.place) == (1, str(folder))
    assert first.copied == first.size > image.size
    backup(folder)
    second = CompletedBackup.objects.latest("completed_at")
    assert second.copied < second.size - image.size  # neither the original nor previews


def test_two_backups_do_not_run_together(folder: Path, transactional_db: None) -> None:
    with held_elsewhere(Lock.BACKUP), pytest.raises(NotNow):
        backup(folder)


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
    call = f'echo "$PGPASSWORD" "$@" > {tmp_path}/call'
    dump = 'for option; do case $option in --file=*) touch "${option#--file=}";; esac; done'
    program.write_text(f"#!/bin/sh\n{call}\n{dump}\n")
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
