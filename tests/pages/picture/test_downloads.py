"""What people get who download a picture of somebody else."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.ingest import downloads
from gallery.media import storage
from gallery.media.limits.slots import Slots
from gallery.models import Image
from tests import canaries
from tests.builders import make_image
from tests.pages.conftest import put_files
from tests.scenes import photo

pytestmark = pytest.mark.django_db

SECRET = "Anna at home.jpg"


@pytest.fixture
def image(owner: User) -> Image:
    image = make_image(owner, title="", file_name=SECRET, format="jpeg")
    put_files(image)
    storage.original_path(image).write_bytes(canaries.jpeg())
    return image


def original(client: Client, image: Image) -> Any:
    return client.get(f"/files/{image.pk}/original")


def stored_files(media: Path) -> set[Path]:
    return {path for path in media.rglob("*") if path.is_file()}


@pytest.mark.parametrize("title", ["", "Boats"])
def test_strangers_get_a_neutral_file_name(client: Client, image: Image, title: str) -> None:
    Image.objects.update(title=title)
    response = original(client, image)
    assert response.getvalue().startswith(b"\xff\xd8")
    name = title or f"picture-{image.pk.hex[:8]}"
    assert response["Content-Disposition"] == f'attachment; filename="{name}.jpg"'


def test_a_copy_is_made_once(client: Client, image: Image, monkeypatch: Any) -> None:
    first = original(client, image)
    assert first.getvalue()
    monkeypatch.setattr("gallery.media.decoders.process.PROGRAM", "no.such.program")
    assert original(client, image).getvalue() == original(client, image).getvalue()
    unchanged = client.get(f"/files/{image.pk}/original", headers={"If-None-Match": first["ETag"]})
    assert unchanged.status_code == 304


def test_a_copy_goes_with_its_picture(
    client: Client, owner_client: Client, image: Image, own_media: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    assert original(client, image).getvalue()
    with django_capture_on_commit_callbacks(execute=True):
        owner_client.post(f"/pictures/{image.pk}/delete/")
    assert stored_files(own_media) == set()


def test_a_file_without_copy_becomes_the_preview(client: Client, image: Image) -> None:
    Image.objects.update(format="tiff")
    storage.original_path(image).write_bytes(canaries.tiff())
    response = original(client, image)
    assert response["Content-Type"] == "image/webp"
    assert response.getvalue() == storage.preview_path(image.pk, "large").read_bytes()
    assert response["Content-Disposition"].endswith('.webp"')


def test_without_copy_and_preview_nothing_is_available(client: Client, image: Image) -> None:
    storage.original_path(image).write_bytes(photo("JPEG")[:100])
    storage.preview_path(image.pk, "large").unlink()
    response = original(client, image)
    assert response.status_code == 403
    assert "The original file is available to its owner only." in response.content.decode()


def test_a_site_may_give_strangers_the_original(
    client: Client, image: Image, gallery_setting: Any
) -> None:
    gallery_setting(strangers_get="original")
    response = original(client, image)
    assert response.getvalue() == storage.original_path(image).read_bytes()
    assert SECRET not in response["Content-Disposition"]


def test_a_site_may_give_strangers_nothing(
    client: Client, owner_client: Client, image: Image, gallery_setting: Any
) -> None:
    gallery_setting(strangers_get="nothing")
    assert original(client, image).status_code == 403
    assert (
        f"/files/{image.pk}/original" not in client.get(f"/pictures/{image.pk}/").content.decode()
    )
    assert client.get(f"/api/v1/images/{image.pk}/").json()["original"] is None
    assert original(owner_client, image).getvalue() == storage.original_path(image).read_bytes()
    assert owner_client.get(f"/api/v1/images/{image.pk}/").json()["original"]


def test_only_the_owner_sees_the_file_name(
    client: Client, owner_client: Client, image: Image
) -> None:
    Image.objects.update(state="stored")
    for address in ("/", f"/pictures/{image.pk}/"):
        assert SECRET not in client.get(address).content.decode()
        assert SECRET in owner_client.get(address).content.decode()


def test_many_first_downloads_are_refused_at_once(
    client: Client, image: Image, monkeypatch: Any
) -> None:
    monkeypatch.setattr(downloads, "SLOTS", Slots(1))
    with downloads.SLOTS.occupied():
        began = monotonic()
        response = original(client, image)
        assert monotonic() - began < 0.45
    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert original(client, image).getvalue()
