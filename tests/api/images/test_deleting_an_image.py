from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.media import storage
from gallery.models import Image
from tests.api.responses import VISIBILITY_CASES, json_body, problem


def delete(client: Client, key: object) -> object:
    return client.delete(f"/api/v1/images/{key}/")


@pytest.mark.parametrize(("person", "visibility", "seen"), VISIBILITY_CASES)
def test_only_the_owner_and_superusers_delete_an_image(
    people: dict[str, Client],
    images: dict[str, Image],
    person: str,
    visibility: str,
    seen: bool,
) -> None:
    image = images[visibility]
    expected = {"owner": 204, "curator": 204, "anonymous": 401, "stranger": 403 if seen else 404}
    response = people[person].delete(f"/api/v1/images/{image.pk}/")
    assert response.status_code == expected[person]
    assert Image.objects.filter(pk=image.pk).exists() == (expected[person] != 204)


def test_a_hidden_image_looks_like_a_missing_one(
    people: dict[str, Client], images: dict[str, Image]
) -> None:
    hidden = problem(delete(people["stranger"], images["private"].pk), 404, "not_found")
    assert hidden == problem(delete(people["stranger"], uuid.uuid4()), 404, "not_found")


def test_a_deleted_image_is_not_found(people: dict[str, Client], images: dict[str, Image]) -> None:
    key = images["public"].pk
    assert people["owner"].delete(f"/api/v1/images/{key}/").content == b""
    problem(delete(people["owner"], key), 404, "not_found")


def test_deleting_removes_the_file(
    owner_client: Client,
    png: Callable[..., SimpleUploadedFile],
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    body = json_body(owner_client.post("/api/v1/images/", {"file": png()}), 201)
    original = storage.original_path(Image.objects.get())
    assert original.is_file()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        delete(owner_client, body["id"])
    assert not original.exists()
