"""Backups in S3, against a server with its protocol."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.management import CommandError, call_command

from gallery.core.errors import BackupFailed
from gallery.media import storage
from gallery.models import DeletedImage, Image
from gallery.operations.files.backup import backup
from tests import scenes
from tests.operations.files import s3_server
from tests.operations.files.backups import contents

Picture = Callable[..., Image]
pytestmark = pytest.mark.django_db(transaction=True)

PLACE = "s3://pictures/site"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3_server.running() as address:
        yield address


@pytest.fixture(autouse=True)
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in s3_server.KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server)
    s3_server.make_bucket()
    yield
    s3_server.delete_bucket()


def restore() -> None:
    call_command("restore", PLACE, stdout=StringIO())


def lose_everything(media: Path) -> None:
    shutil.rmtree(media)
    Image.objects.all().delete()
    DeletedImage.objects.all().delete()


def originals() -> set[str]:
    return {key.split("/")[-1] for key in s3_server.objects() if "/originals/" in key}


def test_a_gallery_restored_from_s3_is_equal(picture: Picture, own_media: Path) -> None:
    picture(title="A boat")
    picture(scenes.plain(), title="A sail")
    files = contents(own_media)
    backup(PLACE)
    lose_everything(own_media)
    restore()
    assert contents(own_media) == files
    assert {image.title for image in Image.objects.all()} == {"A boat", "A sail"}


def test_a_second_backup_sends_what_is_new(picture: Picture) -> None:
    first = picture()
    summary = backup(PLACE)
    second = picture(scenes.plain())
    later = backup(PLACE)
    assert originals() == {first.sha256, second.sha256}
    assert later.size > summary.size
    assert later.copied < later.size


def test_old_backups_in_s3_are_deleted(picture: Picture) -> None:
    first = picture()
    backup(PLACE)
    first.delete()
    second = picture(scenes.plain())
    backup(PLACE, keep=1)
    assert originals() == {second.sha256}
    keys = s3_server.objects()
    assert len([key for key in keys if key.endswith("backup.json")]) == 1
    assert {key.split("/")[-2] for key in keys if "/previews/" in key} == {str(second.pk)}


def test_files_of_others_in_s3_are_kept(picture: Picture) -> None:
    picture()
    backup(PLACE)
    prefix = next(iter(s3_server.objects())).split("/")[0]
    names = [f"{prefix}/originals/2020/IMG.jpg", f"{prefix}/notes/database.dump"]
    for name in names:
        s3_server.put(name, b"of another program")
    backup(PLACE, keep=1)
    assert set(names) <= set(s3_server.objects())


def test_nested_places_keep_their_own_backups(picture: Picture) -> None:
    first = picture()
    backup(f"{PLACE}/second")
    first.delete()
    second = picture(scenes.plain())
    backup(PLACE, keep=1)
    assert originals() == {first.sha256, second.sha256}
    call_command("restore", PLACE, "--replace", stdout=StringIO())
    assert Image.objects.get() == second


def test_a_backup_without_summary_is_unfinished(picture: Picture) -> None:
    """The process was killed while it sent the last files."""
    picture()
    backup(PLACE)
    (key,) = [key for key in s3_server.objects() if key.endswith("backup.json")]
    s3_server.delete(key)
    with pytest.raises(CommandError, match="no complete backup"):
        call_command("restore", PLACE, "--replace")
    backup(PLACE)
    assert len([key for key in s3_server.objects() if key.endswith("database.dump")]) == 1


def test_files_that_stay_fail_the_backup(picture: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Errors"] = [{"Key": "site/boat", "Code": "AccessDenied"}, {"Key": "site/sail"}]

    session = boto3.Session()
    session.events.register("after-call.s3.DeleteObjects", refuse)
    picture()
    backup(PLACE)
    with monkeypatch.context() as patch:
        patch.setattr(boto3, "DEFAULT_SESSION", session)
        with pytest.raises(BackupFailed, match=r"2 files could not be deleted: site/boat: Access"):
            backup(PLACE, keep=1)


def test_changed_bytes_are_not_sent(picture: Picture) -> None:
    image = picture()
    storage.original_path(image).write_bytes(b"other bytes")
    assert backup(PLACE).damaged == [str(image.pk)]
    assert originals() == set()


def test_originals_are_put_back_from_s3(picture: Picture) -> None:
    image = picture()
    backup(PLACE)
    before = storage.original_path(image).read_bytes()
    storage.original_path(image).write_bytes(b"other bytes")
    call_command("integrity", "--repair", "--backup", PLACE, stdout=StringIO())
    assert storage.original_path(image).read_bytes() == before


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("s3://no-such-bucket/site", "NoSuchBucket"),
        ("s3:///site", "no bucket"),
        ("ftp://host/folder", "in a folder or in s3"),
    ],
)
def test_unusable_places_are_named(place: str, message: str, transactional_db: None) -> None:
    with pytest.raises(BackupFailed, match=message):
        backup(place)


def test_a_silent_server_fails_the_backup(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
        patch.setenv("AWS_MAX_ATTEMPTS", "1")
        with pytest.raises(BackupFailed, match="Could not connect"):
            backup(PLACE)
