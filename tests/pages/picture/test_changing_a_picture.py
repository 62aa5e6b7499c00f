from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.media import storage
from gallery.models import Image, State
from tests.builders import make_image
from tests.pages.conftest import put_files

pytestmark = pytest.mark.django_db

VALUES = {"title": "New", "caption": "Words", "visibility": "private"}


@pytest.fixture
def image(owner: User) -> Image:
    return make_image(owner)


def address(image: Image, verb: str) -> str:
    return f"/pictures/{image.pk}/{verb}/"


@pytest.mark.parametrize("verb", ["edit", "delete", "retry"])
def test_others_cannot_change_a_picture(
    image: Image, client: Client, stranger_client: Client, verb: str
) -> None:
    for person in (client, stranger_client):
        assert person.post(address(image, verb), VALUES).status_code == 404
    image.refresh_from_db()
    assert image.title == "A picture"


def test_the_owner_can_edit(image: Image, owner_client: Client) -> None:
    response = owner_client.post(address(image, "edit"), VALUES)
    image.refresh_from_db()
    assert (image.title, image.caption, image.visibility) == ("New", "Words", "private")
    assert response.headers["Location"] == image.get_absolute_url()


def test_an_invalid_edit_shows_the_error(image: Image, owner_client: Client) -> None:
    response = owner_client.post(address(image, "edit"), {**VALUES, "title": "x" * 201})
    assert "at most 200 characters" in response.content.decode()
    image.refresh_from_db()
    assert image.title == "A picture"


def test_deleting_asks_first(image: Image, owner_client: Client) -> None:
    assert "Delete this picture?" in owner_client.get(address(image, "delete")).content.decode()
    assert Image.objects.filter(pk=image.pk).exists()


def test_deleting_removes_row_and_files(
    image: Image, owner_client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    put_files(image)
    with django_capture_on_commit_callbacks(execute=True):
        response = owner_client.post(address(image, "delete"), follow=True)
    assert not Image.objects.filter(pk=image.pk).exists()
    assert not storage.original_path(image).exists()
    assert "Picture deleted." in response.content.decode()


def test_a_failed_picture_is_retried(owner: User, owner_client: Client) -> None:
    image = make_image(owner, state=State.FAILED, error_code="corrupt")
    owner_client.post(address(image, "retry"))
    image.refresh_from_db()
    assert image.state == State.STORED


def test_a_change_without_csrf_token_is_rejected(image: Image, owner: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner)
    response = strict.post(address(image, "delete"))
    assert response.status_code == 403
    assert "This form has expired" in response.content.decode()
