"""However an image's row vanishes, its files vanish too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from gallery.ingest.accept import accept
from gallery.ingest.derive import derive
from gallery.ingest.sweep import sweep
from gallery.media import storage
from gallery.models import DeletedImage, Image
from gallery.models.locks import Lock
from tests import scenes
from tests.other_session import held_elsewhere

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def picture(owner: User) -> Image:
    image = accept([scenes.photo()], owner=owner).image
    derive(image.pk)
    return image


def files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def delete_the_user_in_the_admin(image: Image, client: Client) -> None:
    address = f"/admin/auth/user/{image.owner_id}/delete/"
    assert client.post(address, {"post": "yes"}).status_code == 302


def delete_the_user_in_the_list(image: Image, client: Client) -> None:
    fields = {"action": "delete_selected", "_selected_action": image.owner_id, "post": "yes"}
    assert client.post("/admin/auth/user/", fields).status_code == 302


def delete_the_row_by_sql(image: Image, client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM gallery_image WHERE id = %s", [image.pk])


def delete_through_the_queryset(image: Image, client: Client) -> None:
    Image.objects.filter(pk=image.pk).delete()


def truncate_the_table(image: Image, client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE gallery_image CASCADE")


@pytest.mark.parametrize(
    "vanish",
    [
        delete_the_user_in_the_admin,
        delete_the_user_in_the_list,
        delete_the_row_by_sql,
        delete_through_the_queryset,
        truncate_the_table,
    ],
)
def test_no_file_survives_its_row(
    vanish: Callable[[Image, Client], None],
    picture: Image,
    curator_client: Client,
    own_media: Path,
) -> None:
    assert len(files(own_media)) == 4
    vanish(picture, curator_client)
    assert not Image.objects.exists()
    sweep()
    assert files(own_media) == []


def test_a_rollback_keeps_the_files(picture: Image, own_media: Path) -> None:
    with transaction.atomic():
        Image.objects.all().delete()
        transaction.set_rollback(True)
    sweep()
    assert len(files(own_media)) == 4


def test_a_row_inserted_again_keeps_its_files(picture: Image, own_media: Path) -> None:
    Image.objects.all().delete()
    picture.save(force_insert=True)
    sweep()
    assert len(files(own_media)) == 4


def test_files_stay_while_a_backup_runs(
    picture: Image, owner_client: Client, own_media: Path
) -> None:
    with held_elsewhere(Lock.REMOVE_FILES):
        assert owner_client.post(f"/pictures/{picture.pk}/delete/").status_code in {204, 302}
        sweep()
        assert not Image.objects.exists()
        assert len(files(own_media)) == 4
    sweep()
    assert files(own_media) == []


def test_files_that_cannot_be_removed_are_noted(picture: Image, own_media: Path) -> None:
    original = storage.original_path(picture)
    original.unlink()
    original.joinpath("in the way").mkdir(parents=True)
    Image.objects.all().delete()
    sweep()
    note = DeletedImage.objects.get()
    assert note.pk == picture.pk
    assert note.next_attempt_at > timezone.now() + timedelta(minutes=5)
