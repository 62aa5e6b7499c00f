from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client

from gallery.media import storage
from gallery.models import Image
from tests.builders import make_image

OnCommit = Callable[..., Any]


def address(image: Image, page: str = "change") -> str:
    return f"/admin/gallery/image/{image.pk}/{page}/"


def save(client: Client, image: Image, **fields: str) -> Any:
    whole = {
        "title": image.title,
        "caption": image.caption,
        "visibility": image.visibility,
        "taken_at_0": "",
        "taken_at_1": "",
    }
    return client.post(address(image), {**whole, **fields})


def test_the_page_shows_picture_and_technical_details(curator_client: Client, owner: User) -> None:
    image = make_image(owner, attempts=2, camera="Pinhole")
    page = curator_client.get(address(image)).content.decode()
    for text in (f"/files/{image.pk}/large.webp", image.sha256, "Pinhole", "300 × 200", "owner"):
        assert text in page
    assert f'href="/files/{image.pk}/original"' in page


def test_text_and_visibility_can_be_changed(curator_client: Client, owner: User) -> None:
    image = make_image(owner)
    save(curator_client, image, title="Boat", caption="Red", visibility="members")
    image.refresh_from_db()
    assert (image.title, image.caption, image.visibility) == ("Boat", "Red", "members")
    assert LogEntry.objects.get().get_change_message() == "Changed Title, Caption and Visibility."


def test_technical_fields_cannot_be_changed(curator_client: Client, owner: User) -> None:
    image = make_image(owner)
    save(curator_client, image, state="failed", sha256="0" * 64, owner="")
    image.refresh_from_db()
    assert (image.state, image.owner) == ("ready", owner)


def test_saving_keeps_the_progress_of_the_worker(
    curator_client: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = make_image(owner, state="stored")
    whole = Image.full_clean

    def meanwhile(self: Image, *args: Any, **kwargs: Any) -> None:
        Image.objects.filter(pk=image.pk).update(state="derived", width=7)
        whole(self, *args, **kwargs)

    monkeypatch.setattr(Image, "full_clean", meanwhile)
    save(curator_client, image, title="Boat")
    image.refresh_from_db()
    assert (image.title, image.state, image.width) == ("Boat", "derived", 7)


def test_deleting_removes_the_files(
    curator_client: Client, owner: User, django_capture_on_commit_callbacks: OnCommit
) -> None:
    image = make_image(owner)
    original = storage.original_path(image)
    original.parent.mkdir(parents=True)
    original.write_bytes(b"bytes")
    with django_capture_on_commit_callbacks(execute=True):
        curator_client.post(address(image, "delete"), {"post": "yes"})
    assert not Image.objects.exists()
    assert not Path(original).exists()


def test_the_page_links_to_the_site(curator_client: Client, owner: User) -> None:
    image = make_image(owner)
    assert f'href="/pictures/{image.pk}/"' in curator_client.get(address(image)).content.decode()


def test_staff_cannot_open_private_pictures(staff_client: Client, owner: User) -> None:
    image = make_image(owner, visibility="private", title="Secret")
    for page in ("change", "delete", "history"):
        response = staff_client.get(address(image, page))
        assert response.status_code == 302
        assert "Secret" not in response.content.decode()


def test_viewers_cannot_save_or_delete(viewer_client: Client, owner: User) -> None:
    image = make_image(owner)
    assert viewer_client.get(address(image)).status_code == 200
    assert save(viewer_client, image, title="Boat").status_code == 403
    assert viewer_client.post(address(image, "delete"), {"post": "yes"}).status_code == 403


def test_the_page_shows_the_facts(curator_client: Client, owner: User) -> None:
    image = make_image(
        owner,
        lens="50 mm",
        exif={"iso": 200},
        metadata={"category": "<b>shoes"},
        latitude=-33.8568,
        longitude=151.2153,
        external_id="sku-1",
    )
    page = curator_client.get(address(image)).content.decode()
    for text in ("50 mm", "&quot;iso&quot;: 200", "&lt;b&gt;shoes", 'fill="#336699"', "sku-1"):
        assert text in page
    assert "-33.8568, 151.2153" in page


def test_staff_without_the_right_see_no_place(
    staff: User, staff_client: Client, viewer_client: Client, owner: User
) -> None:
    image = make_image(owner, latitude=-33.8568, longitude=151.2153, external_id="sku-1")
    for client in (staff_client, viewer_client):
        for page in (address(image), "/admin/gallery/image/"):
            text = client.get(page).content.decode()
            assert "A picture" in text
            assert "33.85" not in text
            assert "sku-1" not in text
    own = make_image(staff, latitude=-33.8568, longitude=151.2153, external_id="sku-2")
    assert "-33.8568, 151.2153" in staff_client.get(address(own)).content.decode()
