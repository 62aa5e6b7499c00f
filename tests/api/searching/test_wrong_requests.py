"""Which part of a search request an error names."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.models import EmbeddingSpace, Image
from tests.api.responses import PEOPLE, VISIBLE_TO, json_body, problem
from tests.api.searching.requests import MISSING, SEARCH, WHOLE, A, B, post, vector
from tests.builders import make_embedding


def test_no_image_is_both_liked_and_disliked(client: Client, ships: list[Image]) -> None:
    red, blue, both = (str(image.pk) for image in ships)
    response = post(client, terms=[vector()], liked=[red, blue], disliked=[both, blue.upper()])
    assert problem(response, 400, "unique")["errors"][0]["attr"] == "disliked"


@pytest.mark.parametrize(
    ("is_form", "data", "status", "code"),
    [
        (True, b"", 400, "empty_file"),
        (True, b"a text", 415, "unsupported_type"),
        (False, b"a text", 415, "unsupported_type"),
    ],
)
def test_the_picture_of_an_error_is_named(
    client: Client,
    ships: list[Image],
    meanings: dict[str, Any],
    png: Callable[..., SimpleUploadedFile],
    is_form: bool,
    data: bytes,
    status: int,
    code: str,
) -> None:
    files = [png(), SimpleUploadedFile("a.png", data)]
    if is_form:
        response = client.post(SEARCH, {"images": files})
    else:
        response = post(client, images=[base64.b64encode(file.read()).decode() for file in files])
    assert problem(response, status, code)["errors"][0]["attr"] == "images.1"


@pytest.mark.parametrize("text", [{}, {"text": "a boat"}])
def test_the_crop_of_an_error_is_named(
    client: Client,
    ships: list[Image],
    meanings: dict[str, Any],
    png: Callable[..., SimpleUploadedFile],
    text: dict[str, str],
) -> None:
    meanings["a boat"] = A
    picture = png(size=(80, 80))
    (key,) = json_body(client.post(SEARCH, {"images": picture}))["image_keys"]
    terms = [{"image_key": key}, {"image_key": key, "crop": {**WHOLE, "width": 0.1}}]
    document = problem(post(client, terms=terms, **text), 400, "invalid")
    assert document["errors"][0]["attr"] == "terms.1.crop"


@pytest.mark.parametrize(
    ("fields", "attr"),
    [
        ({"image_id": MISSING}, "image_id"),
        ({"terms": [{"text": "a boat"}, {"image_id": MISSING}]}, "terms.1.image_id"),
        ({"terms": [{"text": "a boat"}, {"image_key": "x"}]}, "terms.1.image_key"),
        ({"text": "a boat", "liked": [MISSING]}, "liked.0"),
        ({"text": "a boat", "disliked": [MISSING]}, "disliked.0"),
        ({"terms": [{"image_id": MISSING, "crop": WHOLE}]}, "terms.0.image_id"),
    ],
)
def test_the_image_that_does_not_exist_is_named(
    client: Client,
    ships: list[Image],
    meanings: dict[str, Any],
    fields: dict[str, Any],
    attr: str,
) -> None:
    meanings["a boat"] = A
    document = problem(post(client, **fields), 404, "not_found")
    assert document["errors"][0]["attr"] == attr


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("field", ["terms", "liked", "disliked"])
def test_only_visible_images_can_be_named(
    people: dict[str, Client],
    images: dict[str, Image],
    space: EmbeddingSpace,
    person: str,
    field: str,
) -> None:
    for visibility, image in images.items():
        make_embedding(image, space, B)
        key = str(image.pk)
        fields: dict[str, Any] = {"terms": [vector()]}
        fields[field] = [*fields.get(field, ()), {"image_id": key} if field == "terms" else key]
        status = 200 if person in VISIBLE_TO[visibility] else 404
        assert post(people[person], **fields).status_code == status


def test_an_unknown_image_is_named(client: Client, ships: list[Image]) -> None:
    unknown = str(uuid.uuid4())
    response = post(client, terms=[vector()], liked=[str(ships[0].pk), unknown])
    assert problem(response, 404, "not_found")["data"] == {"image_id": unknown}


@pytest.mark.parametrize(
    ("fields", "attr"),
    [
        ({"terms": [vector(), vector(A[:100])]}, "terms.1.vector"),
        ({"terms": [{"vector": ["nan"] * 512}]}, "terms.0.vector.0"),
        ({"terms": [vector([0.0] * 512)]}, "terms.0.vector"),
        ({"terms": [vector([1.0] * 513)]}, "terms.0.vector"),
        ({"terms": [vector(weight=0)]}, "terms.0.weight"),
        ({"terms": [vector(weight=1e9)]}, "terms.0.weight"),
        ({"terms": [vector(weight=True)]}, "terms.0.weight"),
        ({"terms": [vector(weight="1")]}, "terms.0.weight"),
        ({"terms": [{"text": "a", "image_id": str(uuid.uuid4())}]}, "terms.0"),
        ({"terms": [{"text": "a", "size": 1}]}, "terms.0.size"),
        ({"terms": [vector()] * 17}, "terms"),
        ({"terms": [{"image_key": "x", "crop": WHOLE}] * 5}, "terms"),
        ({"terms": "a boat"}, "terms"),
        ({"terms": [vector()], "liked": ["1"]}, "liked.0"),
        ({"terms": [vector()], "mode": "sound"}, "mode"),
        ({"terms": [vector()], "limit": 10**9}, "limit"),
        ({"terms": [vector()], "cursor": "x"}, "cursor"),
        ({"terms": [vector()], "cursor": "x" * 1000}, "cursor"),
        ({"terms": [vector()], "colour": "red"}, "colour"),
        ({"terms": [vector()], "filter": {"size": 3}}, "filter.size"),
        ({"q": "a", "filter": {"format": {"jpeg": 1}}}, "filter.format"),
        ({"q": "a", "filter": {"status": {}}}, "filter.status"),
        ({"text": "x" * 1_000_000}, "text"),
        ({"q": "x" * 1_000_000}, "q"),
        ({"q": "a boat", "text": "a boat"}, "text"),
        ({"excluded_words": ["a\0b"]}, "excluded_words.0"),
        ({"phrases": ["x" * 300] * 2}, "text"),
        ({"filter": {"metadata": {key: {"$in": [*range(30)]} for key in "ab"}}}, "metadata"),
    ],
)
def test_a_bad_value_is_named(
    client: Client, space: EmbeddingSpace, fields: dict[str, Any], attr: str
) -> None:
    response = post(client, **fields)
    assert response.status_code == 400, response.content
    assert response.json()["errors"][0]["attr"] == attr


@pytest.mark.parametrize("address", ["search/", f"images/{MISSING}/"])
def test_an_unknown_parameter_is_refused(client: Client, db: None, address: str) -> None:
    document = problem(client.get(f"/api/v1/{address}", {"minimum": 3}), 400, "unknown")
    assert document["errors"][0]["attr"] == "minimum"


@pytest.mark.parametrize(
    ("address", "name", "meant"),
    [
        ("images/", "page_size", "limit"),
        ("images/", "ownr", "owner"),
        ("search/", "topK", "limit"),
        ("search/", "offset", "cursor"),
        ("search/", "min_similarty", "min_similarity"),
    ],
)
def test_an_unknown_parameter_has_a_hint(
    client: Client, db: None, address: str, name: str, meant: str
) -> None:
    document = problem(client.get(f"/api/v1/{address}", {name: 3}), 400, "unknown")
    assert f"“{meant}”" in document["detail"]


def test_errors_about_cursors_name_the_cursor(client: Client, ships: list[Image]) -> None:
    first = json_body(post(client, terms=[vector()], limit=1))
    for fields in ({"terms": [vector(B)], "cursor": first["cursor"]}, {"q": "a", "cursor": "x"}):
        detail = problem(post(client, **fields), 400, "cursor")["detail"]
        assert detail.startswith("The cursor")


def test_a_cursor_of_another_search_is_refused(client: Client, ships: list[Image]) -> None:
    first = json_body(post(client, terms=[vector()], limit=1))
    response = post(client, terms=[vector(B)], limit=1, cursor=first["cursor"])
    assert problem(response, 400, "cursor")["data"]["reason"] == "other_search"


def test_pictures_and_weights_must_match(
    client: Client, db: None, png: Callable[..., SimpleUploadedFile]
) -> None:
    form = {"images": [png()], "image_weights": [1, 2]}
    problem(client.post(SEARCH, form), 400, "count")
