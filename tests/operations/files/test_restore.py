"""A restored gallery is the same as before, or nothing has changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError
from django.db import connection, transaction
from django.test import Client

from gallery.core.errors import BackupFailed
from gallery.media import storage
from gallery.models import DeletedImage, Embedding, Event, Image
from gallery.operations.files.backup import backup
from gallery.operations.files.repository import Entry
from tests import scenes
from tests.api.responses import json_body, problem
from tests.builders import make_embedding, make_space, unit_vector
from tests.operations.files.backups import contents, restore
from tests.other_session import wait_until, waiting_sessions

Picture = Callable[..., Image]
pytestmark = pytest.mark.django_db(transaction=True)


def lose_everything(media: Path) -> None:
    shutil.rmtree(media)
    Image.objects.all().delete()
    User.objects.all().delete()
    DeletedImage.objects.all().delete()


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


def test_a_restore_begins_without_events(picture: Picture, own_media: Path, folder: Path) -> None:
    """They have the numbers of transactions of another server."""
    picture()
    backup(folder)
    lose_everything(own_media)
    restore(folder)
    assert not Event.objects.exists()
    image = picture(scenes.plain())
    assert {event.image_id for event in Event.objects.all()} == {image.pk}


def test_a_restore_ends_cursors_of_events(
    picture: Picture, folder: Path, owner_client: Client
) -> None:
    cursor = json_body(owner_client.get("/api/v1/events/", {"after": "now"}))["cursor"]
    picture()
    backup(folder)
    assert json_body(owner_client.get("/api/v1/events/", {"after": cursor}))
    restore(folder, "--replace")
    problem(owner_client.get("/api/v1/events/", {"after": cursor}), 410, "events_gone")
    cursor = json_body(owner_client.get("/api/v1/events/"))["cursor"]
    assert json_body(owner_client.get("/api/v1/events/", {"after": cursor}))["results"] == []


def test_a_failed_backup_is_not_offered(picture: Picture, folder: Path) -> None:
    picture()

    def fill_the_disk(entries: Iterable[Entry], total: int) -> Iterator[Entry]:
        raise OSError(28, "No space left on device")

    with pytest.raises(BackupFailed, match="No space left"):
        backup(folder, track=fill_the_disk)
    with pytest.raises(CommandError, match="no complete backup"):
        restore(folder, "--replace")


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


def test_tables_that_a_backup_lacks_are_dropped(picture: Picture, folder: Path) -> None:
    """A version between the backup and the restore may have added tables."""
    picture()
    backup(folder)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE later (image_id uuid REFERENCES gallery_image)")
        try:
            restore(folder, "--replace")
            assert "later" not in connection.introspection.table_names(cursor)
        finally:
            cursor.execute("DROP TABLE IF EXISTS later")


@pytest.mark.parametrize("share", [0.67, 0.99], ids=["in the contents", "in the rows"])
def test_a_damaged_dump_changes_nothing(picture: Picture, folder: Path, share: float) -> None:
    picture()
    backup(folder)
    picture(scenes.plain())
    (dump,) = folder.glob("*/database.dump")
    dump.write_bytes(dump.read_bytes()[: int(dump.stat().st_size * share)])
    with pytest.raises(CommandError, match=r"pg_restore failed: .*end of file"):
        restore(folder, "--replace")
    assert Image.objects.count() == 2


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


def test_an_unreadable_preview_is_made_again(
    picture: Picture, own_media: Path, folder: Path
) -> None:
    """A folder has its name, so that it cannot be read."""
    picture()
    backup(folder)
    preview = next(folder.glob("previews/*/*/small.webp"))
    preview.unlink()
    preview.mkdir()
    lose_everything(own_media)
    assert "previews of 1 pictures are made again" in restore(folder)


def test_a_deadlock_with_the_site_is_survived(picture: Picture, folder: Path) -> None:
    image = picture()
    backup(folder)

    def restore_elsewhere() -> None:
        restore(folder, "--replace")
        connection.close()

    with ThreadPoolExecutor() as threads:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE gallery_event IN ACCESS SHARE MODE")
            restored = threads.submit(restore_elsewhere)
            wait_until(lambda: waiting_sessions() == 1)
            # The restore has locked the tables before. It waits longer, so it is ended.
            cursor.execute("SELECT count(*) FROM auth_user")
        restored.result()
    assert Image.objects.get() == image


def test_a_restore_writes_nothing_to_the_backup(picture: Picture, folder: Path) -> None:
    """It may be on a disk that can only be read."""
    picture()
    backup(folder)
    folders = [folder, *(path.parent for path in folder.glob("*/backup.json"))]
    times = [path.stat().st_mtime_ns for path in folders]
    restore(folder, "--replace")
    assert [path.stat().st_mtime_ns for path in folders] == times


def test_a_backup_without_its_name_is_not_offered(picture: Picture, folder: Path) -> None:
    """The process was killed between the last file and the name."""
    picture()
    backup(folder)
    (complete,) = folder.glob("*/backup.json")
    complete.parent.rename(complete.parent.with_suffix(".unfinished"))
    with pytest.raises(CommandError, match="no complete backup"):
        restore(folder, "--replace")


@pytest.mark.parametrize("original", ["originals/ab/../../../victim.txt", "/victim.txt"])
def test_a_forged_manifest_writes_nothing_elsewhere(
    picture: Picture, own_media: Path, folder: Path, tmp_path: Path, original: str
) -> None:
    image = picture()
    backup(folder)
    (manifest,) = folder.glob("*/images.jsonl")
    inside = f"{tmp_path}{original}" if original.startswith("/") else original
    manifest.write_text(manifest.read_text().replace(image.original, inside))
    with pytest.raises(CommandError, match="file name that no backup writes"):
        restore(folder, "--replace")
    assert not list(tmp_path.rglob("victim.txt"))
