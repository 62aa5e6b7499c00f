"""Signed addresses: files without a login, for a limited time, for as long as the signer may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from gallery.media import storage
from gallery.models import EmbeddingSpace, Image
from tests import canaries
from tests.api.responses import problem
from tests.builders import by_token, make_embedding, make_image, make_space, make_token, unit_vector
from tests.pages.conftest import fetch, put_files

pytestmark = pytest.mark.django_db

WEEK = 7 * 24 * 3600


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel("2026-05-04T12:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def space(db: None) -> EmbeddingSpace:
    return make_space()


@pytest.fixture
def image(owner: User, space: EmbeddingSpace) -> Image:
    image = make_image(owner, title="boat", visibility="private", format="jpeg", file_name="a.jpg")
    make_embedding(image, space, unit_vector(0))
    put_files(image)
    storage.original_path(image).write_bytes(canaries.jpeg())
    return image


def signed(client: Client, image: Image, seconds: int = 600) -> dict[str, str]:
    """The addresses of the files by their names."""
    body = client.get(f"/api/v1/images/{image.pk}/?signed={seconds}").json()
    return {**body["previews"], "original": body["original"]}


def test_the_files_open_for_anybody(owner_client: Client, client: Client, image: Image) -> None:
    addresses = signed(owner_client, image)
    assert set(addresses) == {"small", "medium", "large", "original"}
    for address in addresses.values():
        assert fetch(client, address.partition("?")[0]).status_code == 404
        assert fetch(client, address).status_code == 200
    original = fetch(client, addresses["original"]).body
    assert original == storage.original_path(image).read_bytes()


def test_every_answer_with_images_can_be_signed(
    owner_client: Client, client: Client, owner: User, space: EmbeddingSpace, image: Image
) -> None:
    other = make_image(owner, visibility="private")
    make_embedding(other, space, unit_vector(0))
    reads = ["/api/v1/images/?owner=me&", "/api/v1/search/?owner=me&"]
    reads += ["/api/v1/search/?q=boat&mode=words&", f"/api/v1/images/{other.pk}/similar/?"]
    answers = [owner_client.get(f"{address}signed=60") for address in reads]
    search = {"text": "boat", "mode": "words", "signed": 60}
    answers.append(owner_client.post("/api/v1/search/", search, content_type="application/json"))
    for answer in answers:
        assert answer.status_code == 200, answer.content
        found = re.findall(rf'"([^"]+/files/{image.pk}/[^"]+)"', answer.content.decode())
        assert len(found) == 4
        assert {fetch(client, address).status_code for address in found} == {200}


def test_the_next_page_is_signed_too(owner_client: Client, owner: User, image: Image) -> None:
    make_image(owner)
    for address in (
        "/api/v1/images/?limit=1&signed=60",
        "/api/v1/search/?owner=me&limit=1&signed=60",
    ):
        following = owner_client.get(owner_client.get(address).json()["next"])
        assert following.json()["results"]
        assert "signature=" in following.content.decode()


def test_an_address_expires(owner_client: Client, client: Client, image: Image, clock: Any) -> None:
    address = signed(owner_client, image, seconds=600)["small"]
    clock.shift(599)
    assert fetch(client, address).status_code == 200
    clock.shift(1)
    problem(fetch(client, address), 403, "signature_expired")


def test_an_address_ends_with_its_token(owner: User, client: Client, image: Image) -> None:
    token = make_token(owner, "read", expiry=timedelta(seconds=100))
    ends_at = timezone.now() + timedelta(seconds=100)
    body = client.get(f"/api/v1/images/{image.pk}/?signed={WEEK}", headers=by_token(token)).json()
    with time_machine.travel(ends_at - timedelta(seconds=10), tick=False):
        assert fetch(client, body["original"]).status_code == 200
    with time_machine.travel(ends_at, tick=False):
        problem(fetch(client, body["original"]), 403, "signature_expired")


@pytest.mark.parametrize("seconds", ["0", "-1", str(WEEK + 1), "x", "1.5"])
def test_the_time_is_bounded(owner_client: Client, image: Image, seconds: str) -> None:
    for path in (f"images/{image.pk}/", "images/", "search/"):
        response = owner_client.get(f"/api/v1/{path}?signed={seconds}")
        assert response.status_code == 400
        assert response.json()["errors"][0]["attr"] == "signed"
    assert owner_client.get(f"/api/v1/images/?signed={WEEK}").status_code == 200


def test_a_signature_is_for_one_file_and_picture(
    owner_client: Client, client: Client, owner: User, image: Image
) -> None:
    other = make_image(owner, visibility="private")
    put_files(other)
    address = signed(owner_client, image)["small"]
    for changed in (
        address.replace("small.webp", "large.webp"),
        address.replace("small.webp", "original"),
        address.replace(str(image.pk), str(other.pk)),
    ):
        problem(fetch(client, changed), 403, "signature_invalid")


def test_a_changed_signature_is_refused(
    owner_client: Client, client: Client, owner: User, stranger: User, image: Image
) -> None:
    address, _, signature = signed(owner_client, image)["original"].partition("=")
    right, ends_at, user, mac = signature.split(".")
    assert (right, user) == ("c", str(owner.pk))
    for changed in (
        f"s.{ends_at}.{user}.{mac}",
        f"c.{int(ends_at) + 1}.{user}.{mac}",
        f"c.{ends_at}.{stranger.pk}.{mac}",
        f"c.{ends_at}..{mac}",
        f"c.{ends_at}.{10**30}.{mac}",
        f"c.{'9' * 5000}.{user}.{mac}",
        f"c.{ends_at}.{user}.",
        f"c.{ends_at}.{user}.é",
        "x",
        "",
        "...",
    ):
        problem(fetch(client, f"{address}={changed}"), 403, "signature_invalid")


def test_an_invisible_picture_ends_the_address(
    owner: User, stranger: User, client: Client, image: Image
) -> None:
    Image.objects.update(visibility="members")
    browser = Client()
    browser.force_login(stranger)
    address = signed(browser, image)["small"]
    assert fetch(client, address).status_code == 200
    Image.objects.update(visibility="private")
    problem(fetch(client, address), 404, "not_found")


def test_a_lost_account_ends_the_address(
    owner: User, owner_client: Client, client: Client, image: Image
) -> None:
    address = signed(owner_client, image)["small"]
    User.objects.update(is_active=False)
    problem(fetch(client, address), 403, "signature_invalid")
    User.objects.update(is_active=True)
    assert fetch(client, address).status_code == 200
    owner.set_password("another-secret")
    owner.save()
    problem(fetch(client, address), 403, "signature_invalid")


def test_an_address_shows_no_more_than_its_signer_saw(
    curator: User, client: Client, image: Image
) -> None:
    """A token without the scope admin signs; its person could see everything."""
    Image.objects.update(visibility="members")
    path, headers = f"/api/v1/images/{image.pk}/?signed=60", by_token(make_token(curator, "write"))
    body = client.get(path, headers=headers).json()
    assert canaries.CANARY not in fetch(client, body["original"]).body
    Image.objects.update(visibility="private")
    problem(fetch(client, body["previews"]["small"]), 404, "not_found")


def test_a_viewer_signs_the_copy_without_metadata(
    stranger: User, stranger_client: Client, client: Client, image: Image
) -> None:
    Image.objects.update(visibility="members")
    address = signed(stranger_client, image)["original"]
    assert canaries.CANARY not in fetch(client, address).body
    Image.objects.update(owner=stranger)
    assert canaries.CANARY not in fetch(client, address).body


def test_an_owner_who_lost_the_picture_signs_the_copy(
    stranger: User, owner_client: Client, client: Client, image: Image
) -> None:
    address = signed(owner_client, image)["original"]
    Image.objects.update(owner=stranger, visibility="members")
    assert canaries.CANARY not in fetch(client, address).body


def test_visitors_sign_public_pictures(client: Client, image: Image, gallery_setting: Any) -> None:
    Image.objects.update(visibility="public")
    address = signed(client, image)["small"]
    assert fetch(client, address).status_code == 200
    gallery_setting(anonymous_access=False)
    problem(fetch(client, address), 404, "not_found")


@pytest.mark.parametrize(("left", "kept"), [(7200, 3600), (30, 30)])
def test_browsers_keep_a_preview_no_longer_than_its_address(
    owner_client: Client, client: Client, image: Image, clock: Any, left: int, kept: int
) -> None:
    Image.objects.update(visibility="public")
    response = fetch(client, signed(owner_client, image, seconds=left)["small"])
    assert response["Cache-Control"] == f"private, max-age={kept}"


def test_hidden_pictures_and_errors_are_not_kept(
    owner_client: Client, client: Client, image: Image
) -> None:
    addresses = signed(owner_client, image)
    for address in addresses.values():
        first = fetch(client, address)
        assert first["Cache-Control"] == "private, no-cache"
        again = fetch(client, address, headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 304
        assert fetch(client, f"{address}x")["Cache-Control"] == "no-store"


def test_a_token_counts_before_the_signature(
    owner: User, owner_client: Client, client: Client, image: Image
) -> None:
    address = signed(owner_client, image)["small"]
    problem(
        fetch(client, address, headers={"Authorization": "Basic x"}), 401, "authentication_failed"
    )
    assert fetch(client, f"{address}x", headers=by_token(make_token(owner))).status_code == 200


def test_without_the_parameter_nothing_is_signed(owner_client: Client, image: Image) -> None:
    for path in (f"images/{image.pk}/", "images/", "search/?owner=me"):
        assert "signature" not in owner_client.get(f"/api/v1/{path}").content.decode()
