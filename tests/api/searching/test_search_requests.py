"""Terms, pages, filters and refused parameters of the search endpoints."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.changeover.choose import choose
from gallery.models import EmbeddingSpace, Image
from tests.api.responses import PEOPLE, VISIBLE_TO, json_body, problem
from tests.builders import make_embedded, make_embedding, unit, unit_vector

SEARCH = "/api/v1/search/"
A, B = unit_vector(1), unit_vector(2)
MISSING = str(uuid.UUID(int=1))
WHOLE = {"left": 0, "top": 0, "width": 1, "height": 1}


def post(client: Client, **fields: Any) -> Any:
    return client.post(SEARCH, fields, content_type="application/json")


def vector(values: Any = A, **fields: Any) -> dict[str, Any]:
    return {"vector": [float(value) for value in values], **fields}


def titles(body: dict[str, Any]) -> list[str]:
    return [hit["image"]["title"] for hit in body["results"]]


@pytest.fixture
def ships(owner: User, space: EmbeddingSpace) -> list[Image]:
    """Pictures of A, of B and of both, the last one in portrait format."""
    images = make_embedded(space, [A, B, unit(A + B)], owner=owner, width=300, height=200)
    for image, title in zip(images, ("red boat", "blue boat", "both"), strict=True):
        Image.objects.filter(pk=image.pk).update(title=title)
    Image.objects.filter(pk=images[2].pk).update(height=400)
    return images


def test_terms_with_weights_are_combined(client: Client, ships: list[Image]) -> None:
    terms = [vector(A), vector(B, weight=-0.5)]
    assert titles(json_body(post(client, terms=terms))) == ["red boat", "both", "blue boat"]
    both = json_body(post(client, terms=[vector(A), vector(B)], combine="max"))
    assert titles(both)[2] == "both"


def test_liked_and_disliked_images_count(client: Client, ships: list[Image]) -> None:
    red, blue, _ = (str(image.pk) for image in ships)
    body = json_body(post(client, terms=[vector(A + B)], liked=[blue], disliked=[red]))
    assert titles(body) == ["both", "blue boat"]


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


def test_several_terms_have_bands(client: Client, db: None) -> None:
    space = choose("builtin")
    red, blue, both, first = make_embedded(space, [A, B, unit(A + B), unit(A + 0.2 * B)])
    terms = [{"image_id": str(image.pk)} for image in (red, blue)]
    body = json_body(post(client, terms=terms))
    assert [(hit["id"], hit["band"]) for hit in body["results"]] == [
        (str(both.pk), "strong"),
        (str(first.pk), "strong"),
    ]
    assert not body["nothing_close"]
    liked = json_body(post(client, image_id=str(red.pk), liked=[str(both.pk)]))
    assert {hit["id"]: hit["band"] for hit in liked["results"]}[str(blue.pk)] == "weak"
    far = json_body(post(client, terms=[terms[1], {**terms[0], "weight": -1}]))
    assert far["nothing_close"]


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


def test_filters_restrict_a_search(owner_client: Client, ships: list[Image]) -> None:
    body = json_body(post(owner_client, terms=[vector()], filter={"orientation": ["portrait"]}))
    assert titles(body) == ["both"]
    address = f"/api/v1/images/{ships[0].pk}/similar/"
    assert titles(json_body(owner_client.get(address, {"orientation": "landscape"}))) == [
        "blue boat"
    ]
    near = json_body(owner_client.get(address, {"min_similarity": "0.5"}))
    assert titles(near) == ["both"]


def test_operators_in_the_text_are_filters(owner_client: Client, ships: list[Image]) -> None:
    body = json_body(owner_client.get(SEARCH, {"q": "boat owner:owner -red", "mode": "words"}))
    assert (titles(body), body["not_understood"]) == (["blue boat"], [])
    body = json_body(owner_client.get(SEARCH, {"q": "boat colur:x", "mode": "words"}))
    assert set(titles(body)) == {"red boat", "blue boat"}
    assert "colur:x" in body["not_understood"][0]


@pytest.mark.parametrize("as_json", [True, False])
def test_operators_mean_the_same_in_a_post(
    owner_client: Client, ships: list[Image], as_json: bool
) -> None:
    boxes = ["boat owner:owner -red", '"blue boat" is:landscape', "boat colur:x", "is:portrait"]
    for box in boxes:
        fields = {"q": box, "mode": "words"}
        by_get = json_body(owner_client.get(SEARCH, fields))
        by_post = json_body(
            post(owner_client, **fields) if as_json else owner_client.post(SEARCH, fields)
        )
        assert titles(by_post) == titles(by_get)
        assert by_post["not_understood"] == by_get["not_understood"]


def test_operators_and_filters_both_have_to_hold(owner_client: Client, ships: list[Image]) -> None:
    fields = {"q": "is:landscape -red", "filter": {"owner": "me"}, "terms": [vector(B)]}
    assert titles(json_body(post(owner_client, **fields))) == ["blue boat"]
    fields["filter"] = {"orientation": ["portrait"]}
    assert titles(json_body(post(owner_client, **fields))) == []


def test_a_text_has_no_operators(owner_client: Client, ships: list[Image]) -> None:
    body = json_body(post(owner_client, text="boat owner:nobody", mode="words"))
    assert set(titles(body)) == {"red boat", "blue boat"}


def test_a_filter_alone_lists_images(owner_client: Client, ships: list[Image]) -> None:
    body = json_body(owner_client.get(SEARCH, {"orientation": "portrait"}))
    assert titles(body) == ["both"]
    assert body["results"][0]["similarity"] is None
    assert titles(json_body(owner_client.get(SEARCH, {"q": "is:portrait"}))) == ["both"]


def test_next_leads_through_all_pages(client: Client, ships: list[Image]) -> None:
    page = json_body(client.get(SEARCH, {"q": "boat", "mode": "words", "limit": "1"}))
    assert page["next"].startswith("http://testserver/api/v1/search/?")
    second = json_body(client.get(page["next"]))
    assert titles(page) != titles(second)
    assert (second["next"], second["cursor"]) == (None, None)


def test_a_cursor_continues_a_posted_search(client: Client, ships: list[Image]) -> None:
    fields = {"terms": [vector()], "limit": 2}
    first = json_body(post(client, **fields))
    assert first["next"] is None
    second = json_body(post(client, **fields, cursor=first["cursor"]))
    assert titles(first) + titles(second) == ["red boat", "both", "blue boat"]


def test_uploaded_pictures_have_further_pages(
    client: Client,
    ships: list[Image],
    meanings: dict[str, Any],
    png: Callable[..., SimpleUploadedFile],
) -> None:
    meanings["picture"] = A
    first = json_body(client.post(SEARCH, {"images": png(), "limit": 1}))
    terms = [{"image_key": key} for key in first["image_keys"]]
    second = json_body(post(client, terms=terms, cursor=first["cursor"]))
    assert titles(first) + titles(second) == ["red boat", "both", "blue boat"]


def test_only_owners_get_vectors(
    people: dict[str, Client], ships: list[Image], space: EmbeddingSpace
) -> None:
    for person, client in people.items():
        body = json_body(post(client, terms=[vector()], with_vector=True, limit=1))
        single = json_body(client.get(f"/api/v1/images/{ships[0].pk}/?with_vector=true"))
        for shown in (body["results"][0]["vector"], single["vector"]):
            assert shown == (pytest.approx(A.tolist()) if person == "owner" else None)
    assert "vector" not in json_body(people["owner"].get(f"/api/v1/images/{ships[0].pk}/"))


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
