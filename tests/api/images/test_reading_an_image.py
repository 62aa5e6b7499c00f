from __future__ import annotations

import uuid
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import Image, State
from tests.api.responses import VISIBILITY_CASES, json_body, problem
from tests.builders import make_image


def address(image: Image) -> str:
    return f"/api/v1/images/{image.pk}/"


@pytest.mark.parametrize(("person", "visibility", "seen"), VISIBILITY_CASES)
def test_only_visible_images_can_be_read(
    people: dict[str, Client],
    images: dict[str, Image],
    person: str,
    visibility: str,
    seen: bool,
) -> None:
    response = people[person].get(address(images[visibility]))
    assert response.status_code == (200 if seen else 404)


def test_a_hidden_image_looks_like_a_missing_one(
    people: dict[str, Client], images: dict[str, Image]
) -> None:
    hidden = people["stranger"].get(address(images["private"]))
    absent = people["stranger"].get(f"/api/v1/images/{uuid.uuid4()}/")
    assert problem(hidden, 404, "not_found") == problem(absent, 404, "not_found")


def test_a_closed_site_requires_login(
    people: dict[str, Client], images: dict[str, Image], gallery_setting: object
) -> None:
    gallery_setting(anonymous_access=False)  # type: ignore[operator]
    response = people["anonymous"].get(address(images["public"]))
    problem(response, 401, "not_authenticated")
    assert response["WWW-Authenticate"] == "Token"


def test_the_response_has_all_fields(owner_client: Client, owner: User) -> None:
    image = make_image(owner, taken_at="2026-05-04T12:00:00Z", camera="Pinhole", exif={"iso": 200})
    body = json_body(owner_client.get(address(image)))
    assert body == {
        "id": str(image.pk),
        "status": "ready",
        "error": None,
        "url": f"http://testserver/pictures/{image.pk}/",
        "title": "A picture",
        "caption": "",
        "visibility": "public",
        "owner": "owner",
        "width": 300,
        "height": 200,
        "size": 1234,
        "format": "png",
        "sha256": image.sha256,
        "colour": "#336699",
        "taken_at": "2026-05-04T12:00:00Z",
        "created_at": body["created_at"],
        "updated_at": body["updated_at"],
        "camera": "Pinhole",
        "lens": "",
        "exif": {"iso": 200},
        "location": None,
        "metadata": {},
        "external_id": None,
        "moderation": "visible",
        "tags": [],
        "damaged": False,
        "previews": {
            size: f"http://testserver/files/{image.pk}/{size}.webp"
            for size in ("small", "medium", "large")
        },
        "original": f"http://testserver/files/{image.pk}/original",
    }


def test_a_waiting_image_has_no_previews(owner_client: Client, owner: User) -> None:
    image = make_image(owner, state=State.STORED, width=None, height=None)
    body = json_body(owner_client.get(address(image)))
    assert (body["status"], body["previews"], body["width"]) == ("stored", {}, None)


def test_a_failed_image_has_its_error(owner_client: Client, owner: User) -> None:
    image = make_image(
        owner, state=State.FAILED, error_code="corrupt", error_message="The file is damaged."
    )
    body = json_body(owner_client.get(address(image)))
    assert body["error"] == {"code": "corrupt", "message": "The file is damaged."}


def test_an_anonymous_upload_has_no_owner(client: Client, db: None) -> None:
    assert json_body(client.get(address(make_image(None))))["owner"] is None


def test_shared_caches_must_not_keep_the_response(owner_client: Client, owner: User) -> None:
    response = owner_client.get(address(make_image(owner)))
    assert set(response["Cache-Control"].split(", ")) == {"private", "no-cache"}


def test_an_unchanged_image_is_not_sent_twice(owner_client: Client, owner: User) -> None:
    image = make_image(owner)
    etag = owner_client.get(address(image))["ETag"]
    assert owner_client.get(address(image), headers={"If-None-Match": etag}).status_code == 304


def test_an_answer_has_all_fields_of_the_schema(owner_client: Client, owner: User) -> None:
    image = make_image(owner)
    body = json_body(owner_client.get(address(image)))
    schema = yaml.safe_load(Path(settings.BASE_DIR, "docs", "openapi.yaml").read_text())
    assert body.keys() == schema["components"]["schemas"]["Image"]["properties"].keys()
