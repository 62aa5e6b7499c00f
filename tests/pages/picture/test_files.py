import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.media import storage
from gallery.models import Image
from tests.builders import make_image
from tests.pages.conftest import put_files
from tests.scenes import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def image(owner: User) -> Image:
    image = make_image(owner, file_name="日出 “x”.png")
    put_files(image)
    return image


def addresses(image: Image) -> list[str]:
    previews = [f"/files/{image.pk}/{size}.webp" for size in ("small", "medium", "large")]
    return [*previews, f"/files/{image.pk}/original"]


def test_only_the_owner_gets_private_files(
    owner: User, client: Client, stranger_client: Client, owner_client: Client
) -> None:
    image = make_image(owner, visibility="private")
    put_files(image)
    for address in addresses(image):
        assert client.get(address).status_code == 404
        assert stranger_client.get(address).status_code == 404
        assert b"".join(owner_client.get(address)) != b""


def test_files_have_security_headers(client: Client, image: Image) -> None:
    for address in addresses(image):
        response = client.get(address)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response.getvalue()


def test_a_preview_is_a_privately_cached_webp(client: Client, image: Image) -> None:
    response = client.get(f"/files/{image.pk}/small.webp")
    assert b"".join(response)[8:12] == b"WEBP"
    assert response.headers["Content-Type"] == "image/webp"
    assert response.headers["Cache-Control"] == "private, max-age=3600"


@pytest.mark.parametrize("visibility", ["members", "private"])
def test_browsers_ask_again_for_hidden_previews(
    owner: User, owner_client: Client, visibility: str
) -> None:
    image = make_image(owner, visibility=visibility)
    put_files(image)
    response = owner_client.get(f"/files/{image.pk}/small.webp")
    assert response.getvalue()
    assert response.headers["Cache-Control"] == "private, no-cache"


def test_a_picture_made_private_is_not_shown_again(client: Client, image: Image) -> None:
    first = client.get(f"/files/{image.pk}/small.webp")
    assert first.getvalue()
    Image.objects.update(visibility="private")
    again = client.get(f"/files/{image.pk}/small.webp", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 404


def test_an_unchanged_file_is_not_sent_again(client: Client, image: Image) -> None:
    first = client.get(f"/files/{image.pk}/small.webp")
    assert first.getvalue()
    again = client.get(f"/files/{image.pk}/small.webp", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("original", ["png", "tiff"])
def test_etags_say_nothing_about_the_original(
    owner: User, stranger: User, client: Client, original: str
) -> None:
    """A TIFF has no copy without metadata, so its download is the large preview."""
    tags = []
    for person in (owner, stranger):
        image = make_image(person, sha256="0123456789abcdef" * 4, format=original)
        put_files(image)
        if original == "tiff":
            storage.original_path(image).write_bytes(photo("TIFF"))
        responses = [client.get(address) for address in addresses(image)]
        assert all(response.getvalue() for response in responses)
        tags.append({response.headers["ETag"] for response in responses})
    first, second = tags
    assert not first & second
    assert not any("0123" in tag for tag in first | second)


def test_the_owner_gets_the_original_under_its_name(owner_client: Client, image: Image) -> None:
    response = owner_client.get(f"/files/{image.pk}/original")
    assert b"".join(response).startswith(b"\x89PNG")
    assert response.headers["Content-Type"] == "image/png"
    disposition = response.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''%E6%97%A5%E5%87%BA")
    assert disposition.endswith(".png")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("../../etc/passwd", "passwd.png"), ("page.html", "page.png"), ("", "A picture.png")],
)
def test_the_download_has_the_right_extension(
    owner: User, owner_client: Client, name: str, expected: str
) -> None:
    image = make_image(owner, file_name=name)
    put_files(image)
    response = owner_client.get(f"/files/{image.pk}/original")
    assert response.getvalue()
    assert response.headers["Content-Disposition"] == f'attachment; filename="{expected}"'


def test_a_missing_file_is_a_404(client: Client) -> None:
    image = make_image()
    for address in addresses(image):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("path", ["huge.webp", "small.png", "../original", "small.webp/x"])
def test_unknown_file_names_are_404(client: Client, path: str) -> None:
    assert client.get(f"/files/{uuid.uuid4()}/{path}").status_code == 404


def test_a_closed_site_serves_no_files(client: Client, image: Image, gallery_setting: Any) -> None:
    gallery_setting(anonymous_access=False)
    assert all(client.get(address).status_code == 404 for address in addresses(image))
