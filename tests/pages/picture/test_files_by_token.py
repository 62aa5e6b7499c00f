"""Programs with a token get the files and pages whose addresses the API gives them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.media import storage
from gallery.models import Image
from tests import canaries
from tests.api.responses import problem
from tests.builders import by_token, make_image, make_token
from tests.pages.conftest import fetch, put_files

pytestmark = pytest.mark.django_db


@pytest.fixture
def image(owner: User) -> Image:
    image = make_image(owner, visibility="private", format="jpeg", file_name="a.jpg")
    put_files(image)
    storage.original_path(image).write_bytes(canaries.jpeg())
    return image


def addresses(client: Client, image: Image, token: str) -> list[str]:
    body = client.get(f"/api/v1/images/{image.pk}/", headers=by_token(token)).json()
    return [*body["previews"].values(), body["original"], body["url"]]


@pytest.mark.parametrize("open_site", [True, False])
def test_the_token_opens_every_address(
    client: Client, owner: User, image: Image, gallery_setting: object, open_site: bool
) -> None:
    gallery_setting(anonymous_access=open_site)  # type: ignore[operator]
    token = make_token(owner, "read")
    found = addresses(client, image, token)
    assert len(found) == 5
    for address in found:
        response = fetch(client, address, headers=by_token(token))
        assert response.status_code == 200
        assert "Authorization" in response["Vary"]
        assert response["Cache-Control"] == "private, no-cache"
    response = fetch(client, found[3], headers=by_token(token))
    assert response.body == storage.original_path(image).read_bytes()


def test_others_get_a_problem_and_no_page(
    client: Client, owner: User, stranger: User, image: Image
) -> None:
    found = addresses(client, image, make_token(owner))
    for address in found:
        problem(fetch(client, address, headers=by_token(make_token(stranger))), 404, "not_found")


@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS"])
def test_no_address_can_be_changed(owner: User, image: Image, method: str) -> None:
    client, headers = Client(enforce_csrf_checks=True), by_token(make_token(owner))
    for address in addresses(client, image, make_token(owner)):
        response = client.generic(method, address, headers=headers)
        problem(response, 405, "method_not_allowed")
        assert response["Allow"] == "GET, HEAD"
        assert client.generic(method, address).status_code == 405


def test_others_download_the_copy(client: Client, stranger: User, image: Image) -> None:
    Image.objects.update(visibility="members")
    token = make_token(stranger, "read")
    response = fetch(client, f"/files/{image.pk}/original", headers=by_token(token))
    assert response.status_code == 200
    assert canaries.CANARY not in response.body


def test_a_superuser_without_admin_scope_is_a_member(
    client: Client, curator: User, image: Image
) -> None:
    address = f"/files/{image.pk}/small.webp"
    problem(
        fetch(client, address, headers=by_token(make_token(curator, "write"))), 404, "not_found"
    )
    assert fetch(client, address, headers=by_token(make_token(curator))).status_code == 200


def test_a_lost_file_is_a_problem(client: Client, owner: User, image: Image) -> None:
    storage.original_path(image).unlink()
    headers = by_token(make_token(owner))
    problem(fetch(client, f"/files/{image.pk}/original", headers=headers), 404, "not_found")


def test_the_use_of_the_token_is_noted(
    client: Client, owner: User, owner_client: Client, image: Image
) -> None:
    fetch(client, f"/files/{image.pk}/small.webp", headers=by_token(make_token(owner)))
    (row,) = owner_client.get("/api/v1/auth/tokens/").json()["results"]
    assert row["last_used_at"]
