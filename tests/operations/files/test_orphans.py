"""Files without a row and rows without a file are found and repaired, and nothing else is."""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from gallery.ingest.accept import accept
from gallery.ingest.derive import derive
from gallery.ingest.sweep import sweep
from gallery.media import storage
from gallery.media.shards import SHARDS
from gallery.models import DeletedImage, Image, State
from gallery.models.locks import Lock
from gallery.operations.files import orphan_keeper
from gallery.operations.integrity import media_proof
from tests import scenes
from tests.builders import make_image
from tests.other_session import held_elsewhere

Picture = Callable[..., Image]
DAY = 24 * 3600
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def known_folder(transactional_db: None, own_media: Path) -> None:
    media_proof.adopt()


def command(*arguments: str) -> str:
    output = StringIO()
    call_command("orphans", *arguments, stdout=output)
    return output.getvalue()


def files(media: Path) -> list[Path]:
    """Without the id of the folder."""
    return [path for path in media.rglob("*") if path.is_file() and path.name != ".media-id"]


def make_old(media: Path) -> None:
    long_ago = time.time() - 40 * DAY
    for path in media.rglob("*"):
        os.utime(path, (long_ago, long_ago))


def lose_row(image: Image, media: Path) -> None:
    """As a database restored from an old backup does: nothing notes the deletion."""
    Image.objects.filter(pk=image.pk).delete()
    DeletedImage.objects.all().delete()
    make_old(media)


def lose_previews(image: Image) -> None:
    shutil.rmtree(storage.preview_path(image.pk, "small").parent)


def wait_for_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four hours of the clock."""
    start = time.time()
    for minute in range(len(SHARDS)):
        monkeypatch.setattr(time, "time", lambda minute=minute: start + 60 * minute)
        orphan_keeper.keep()


def test_a_complete_gallery_has_no_orphans(picture: Picture, own_media: Path) -> None:
    picture()
    accept([scenes.plain()], owner=None)
    make_old(own_media)
    before = files(own_media)
    assert not any(int(line.split()[0]) for line in command().splitlines())
    command("--repair")
    assert files(own_media) == before


def test_an_original_without_row_is_kept_apart(picture: Picture, own_media: Path) -> None:
    image = picture()
    lose_row(image, own_media)
    command("--repair")
    assert files(own_media) == [own_media / "orphans" / f"{image.pk}.jpg"]
    command("--purge")
    assert files(own_media) == []


def test_a_report_changes_nothing(picture: Picture, own_media: Path) -> None:
    lose_row(picture(), own_media)
    assert "1 originals without a row" in command()
    assert len(files(own_media)) == 4


def test_a_young_file_may_be_an_upload(picture: Picture, own_media: Path) -> None:
    image = picture()
    Image.objects.filter(pk=image.pk).delete()
    DeletedImage.objects.all().delete()
    command("--repair")
    assert len(files(own_media)) == 4
    command("--repair", "--min-age", "0")
    assert len(files(own_media)) == 1


def test_an_orphan_returns_to_its_row(picture: Picture, own_media: Path) -> None:
    image = picture()
    lose_row(image, own_media)
    command("--repair")
    image.save(force_insert=True)
    command("--repair")
    assert storage.original_path(image).is_file()
    derive(image.pk)
    assert len(files(own_media)) == 4


def test_lost_previews_are_made_again(picture: Picture, own_media: Path) -> None:
    image = picture()
    Image.objects.update(state=State.READY)
    lose_previews(image)
    command("--repair")
    derive(image.pk)
    assert len(files(own_media)) == 4


def test_a_picture_without_file_fails_visibly(picture: Picture) -> None:
    image = picture()
    storage.original_path(image).unlink()
    lose_previews(image)
    assert f"No file: {image.pk}" in command("--repair")
    image.refresh_from_db()
    assert (image.state, image.error_code) == (State.FAILED, "original_missing")


def test_uploading_again_restores_a_lost_picture(picture: Picture, own_media: Path) -> None:
    image = picture()
    storage.original_path(image).unlink()
    lose_previews(image)
    command("--repair")
    again = accept([scenes.photo()], owner=None)
    derive(again.image.pk)
    assert again.image.pk == image.pk
    assert Image.objects.get().state == State.DERIVED
    assert len(files(own_media)) == 4


def test_a_picture_with_previews_stays_searchable(picture: Picture) -> None:
    image = picture()
    storage.original_path(image).unlink()
    assert "1 pictures whose original is lost" in command("--repair")
    assert Image.objects.get().state == State.DERIVED


def test_a_file_that_is_back_is_processed(picture: Picture) -> None:
    image = picture()
    original = storage.original_path(image)
    original.rename(original.parent.parent / "elsewhere")
    lose_previews(image)
    command("--repair")
    (original.parent.parent / "elsewhere").rename(original)
    command("--repair")
    assert Image.objects.get().state == State.STORED


def test_the_clock_repairs_within_hours(
    picture: Picture, own_media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image, deleted = picture(), picture(scenes.plain())
    lose_previews(image)
    lose_row(deleted, own_media)
    wait_for_clock(monkeypatch)
    assert Image.objects.get().state == State.STORED
    assert (own_media / "orphans" / f"{deleted.pk}.png").is_file()


def test_orphans_are_deleted_after_30_days(
    picture: Picture, own_media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_row(picture(), own_media)
    command("--repair")
    for days, number in ((29, 1), (31, 0)):
        now = time.time() + days * DAY
        monkeypatch.setattr(time, "time", lambda now=now: now)
        orphan_keeper.keep()
        monkeypatch.undo()
        assert len(files(own_media)) == number


def test_broken_links_stop_nothing(picture: Picture, own_media: Path) -> None:
    image = picture()
    (own_media / "orphans").mkdir()
    (own_media / "orphans" / "dangling").symlink_to("nowhere")
    shard = storage.original_path(image).parent
    loop = shard / f"{uuid.UUID(int=image.pk.int ^ 1)}.png"
    loop.symlink_to(loop.name)
    lose_previews(image)
    command("--repair")
    orphan_keeper.keep()
    command("--purge")
    assert Image.objects.get().state == State.STORED


def test_an_unmounted_disk_fails_no_picture(
    picture: Picture, own_media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture()
    own_media.rename(own_media.with_name("unmounted"))
    own_media.mkdir()
    wait_for_clock(monkeypatch)
    assert Image.objects.get().state == State.DERIVED


def test_the_command_repairs_no_unmounted_disk(picture: Picture, own_media: Path) -> None:
    picture()
    own_media.rename(own_media.with_name("unmounted"))
    own_media.mkdir()
    with pytest.raises(CommandError, match="Is its disk mounted"):
        command("--repair")
    assert Image.objects.get().state == State.DERIVED


def test_another_disk_fails_no_picture(
    picture: Picture, own_media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has files, but none of the many pictures of a shard."""
    picture()
    for number in range(10):
        make_image(id=uuid.UUID(int=number))
    monkeypatch.setattr(time, "time", lambda: 0.0)  # the turn of the first shard
    orphan_keeper.keep()
    assert Image.objects.filter(state=State.READY).count() == 10


def test_an_empty_gallery_logs_nothing(
    transactional_db: None, caplog: pytest.LogCaptureFixture
) -> None:
    orphan_keeper.keep()
    assert caplog.messages == []


def test_nothing_is_moved_during_a_backup(picture: Picture, own_media: Path) -> None:
    lose_row(picture(), own_media)
    with held_elsewhere(Lock.REMOVE_FILES), pytest.raises(CommandError, match="backup"):
        command("--repair")
    assert len(files(own_media)) == 4


def test_files_of_noted_deletions_are_no_orphans(picture: Picture, own_media: Path) -> None:
    picture()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM gallery_image")
    make_old(own_media)
    command("--repair")
    assert not (own_media / "orphans").exists()
    sweep()
    assert files(own_media) == []
