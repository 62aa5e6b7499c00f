from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.changeover.choose import choose
from gallery.core.errors import BadEmbedding
from gallery.embeddings import spaces
from gallery.encoders.model.names import BUILTIN
from gallery.models import EmbeddingSpace, Image
from tests import hostile, scenes
from tests.api.responses import PEOPLE, VISIBLE_TO, json_body, problem
from tests.builders import make_embedding, make_image, unit, unit_vector

SEARCH = "/api/v1/search/"
Meanings = dict[str, Any]


def near(vector: Any, similarity: float) -> Any:
    """A unit vector at this cosine similarity to ``vector``."""
    other = unit_vector(99)
    across = unit(other - np.dot(other, vector) * vector)
    return unit(similarity * vector + np.sqrt(1 - similarity**2) * across)


@pytest.fixture
def boats(owner: User, space: EmbeddingSpace, meanings: Meanings) -> list[Image]:
    """Three images with decreasing similarity to “a boat”."""
    meanings["a boat"] = unit_vector(1)
    images = []
    for title, similarity in (("boat", 0.9), ("ship", 0.6), ("tree", 0.1)):
        images.append(make_image(owner, title=title))
        make_embedding(images[-1], space, near(meanings["a boat"], similarity))
    return images


def picture_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.png", scenes.photo("PNG"), "image/png")


def titles(body: dict[str, Any]) -> list[str]:
    return [hit["image"]["title"] for hit in body["results"]]


def search(client: Client, **fields: Any) -> Any:
    return client.post(SEARCH, fields, content_type="application/json")


def test_the_nearest_in_meaning_come_first(client: Client, boats: list[Image]) -> None:
    body = json_body(client.get(SEARCH, {"q": "a boat"}))
    assert titles(body) == ["boat", "ship", "tree"]
    assert [hit["similarity"] for hit in body["results"]] == [
        pytest.approx(value, abs=0.001) for value in (0.9, 0.6, 0.1)
    ]


def test_the_response_has_all_fields(client: Client, boats: list[Image]) -> None:
    body = json_body(client.get(f"{SEARCH}?q=a+boat&limit=1"))
    assert set(body) == {
        "results", "next", "cursor", "total", "encoder", "took_ms", "pending", "nothing_close",
        "meaning_unavailable", "taste_adjusted", "not_understood", "intent", "image_keys",
    }  # fmt: skip
    assert (body["encoder"], body["pending"]) == ("builtin", 0)
    assert body["total"] == {"count": 3, "exact": True}
    (hit,) = body["results"]
    assert set(hit) == {"id", "similarity", "band", "reasons", "copies", "image"}
    assert hit["id"] == hit["image"]["id"] == str(boats[0].pk)
    assert hit["image"] == json_body(client.get(f"/api/v1/images/{boats[0].pk}/"))


def test_limit_and_minimum_similarity_are_applied(client: Client, boats: list[Image]) -> None:
    assert titles(json_body(client.get(f"{SEARCH}?q=a+boat&limit=1"))) == ["boat"]
    far = f"{SEARCH}?q=a+boat&min_similarity=0.5"
    assert titles(json_body(client.get(far))) == ["boat", "ship"]


def test_a_text_can_be_posted(client: Client, boats: list[Image]) -> None:
    body = json_body(search(client, text="a boat", limit=2, min_similarity=0.2))
    assert titles(body) == ["boat", "ship"]


def test_an_image_finds_similar_ones_without_itself(client: Client, boats: list[Image]) -> None:
    assert titles(json_body(search(client, image_id=str(boats[0].pk)))) == ["ship", "tree"]


def test_an_uploaded_picture_finds_similar_ones(
    client: Client,
    boats: list[Image],
    meanings: Meanings,
    png: Callable[..., SimpleUploadedFile],
) -> None:
    meanings["picture"] = unit_vector(1)
    body = json_body(client.post(SEARCH, {"images": png(size=(40, 30)), "limit": 2}))
    assert titles(body) == ["boat", "ship"]
    assert Image.objects.count() == len(boats)


@pytest.mark.parametrize("person", PEOPLE)
def test_everyone_finds_what_they_may_see(
    people: dict[str, Client],
    images: dict[str, Image],
    space: EmbeddingSpace,
    meanings: Meanings,
    person: str,
) -> None:
    meanings["a boat"] = unit_vector(1)
    for image in images.values():
        make_embedding(image, space, meanings["a boat"])
    seen = {visibility for visibility in VISIBLE_TO if person in VISIBLE_TO[visibility]}
    assert set(titles(json_body(people[person].get(SEARCH, {"q": "a boat"})))) == seen
    assert set(titles(json_body(search(people[person], text="a boat")))) == seen


def test_a_hidden_image_cannot_be_searched_with(
    people: dict[str, Client], images: dict[str, Image], space: EmbeddingSpace
) -> None:
    hidden = problem(
        search(people["stranger"], image_id=str(images["private"].pk)), 404, "not_found"
    )
    absent = problem(search(people["stranger"], image_id=str(uuid.uuid4())), 404, "not_found")
    assert {**hidden, "data": {}} == {**absent, "data": {}}


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_closed_site_requires_login(
    client: Client, db: None, gallery_setting: Any, method: str
) -> None:
    gallery_setting(anonymous_access=False)
    response = client.get(SEARCH, {"q": "x"}) if method == "get" else search(client, text="x")
    problem(response, 401, "not_authenticated")


def test_anonymous_visitors_may_search_by_post(client: Client, boats: list[Image]) -> None:
    assert search(client, text="a boat").status_code == 200


@pytest.mark.parametrize("fields", [{}, {"limit": 3}, {"fold": True}])
def test_an_empty_search_is_refused(client: Client, db: None, fields: dict[str, Any]) -> None:
    assert problem(search(client, **fields), 400, "invalid")["errors"][0]["attr"] == "text"


def test_text_and_picture_are_combined(
    client: Client,
    boats: list[Image],
    meanings: Meanings,
    png: Callable[..., SimpleUploadedFile],
) -> None:
    meanings["a tree"], meanings["picture"] = unit_vector(2), unit_vector(1)
    form = {"images": [png(), png()], "image_weights": [1, 1], "q": "a tree"}
    body = json_body(client.post(SEARCH, form))
    assert titles(body) == ["tree", "boat", "ship"]
    assert len(body["image_keys"]) == 2


@pytest.mark.parametrize(
    ("query", "attr", "code"),
    [
        ({}, "q", "required"),
        ({"q": ""}, "q", "blank"),
        ({"q": "x", "owner": ""}, "owner", "blank"),
        ({"q": "x", "taken_after": ""}, "taken_after", "blank"),
        ({"q": "  \t "}, "q", "blank"),
        ({"q": "x" * 513}, "q", "max_length"),
        ({"q": "a\x00b"}, "q", "null_character"),
        ({"q": "x", "limit": 0}, "limit", "min_value"),
        ({"q": "x", "limit": -1}, "limit", "min_value"),
        ({"q": "x", "limit": 201}, "limit", "max_value"),
        ({"q": "x", "limit": 10**18}, "limit", "max_value"),
        ({"q": "x", "limit": "many"}, "limit", "invalid"),
        ({"q": "x", "limit": "1.5"}, "limit", "invalid"),
        ({"q": "x", "min_similarity": "nan"}, "min_similarity", "invalid"),
        ({"q": "x", "min_similarity": "inf"}, "min_similarity", "invalid"),
        ({"q": "x", "min_similarity": "1e400"}, "min_similarity", "invalid"),
        ({"q": "x", "min_similarity": "1.01"}, "min_similarity", "max_value"),
        ({"q": "x", "min_similarity": "-1.01"}, "min_similarity", "min_value"),
    ],
)
def test_an_invalid_parameter_is_reported_by_name(
    client: Client, db: None, query: dict[str, Any], attr: str, code: str
) -> None:
    document = problem(client.get(SEARCH, query), 400, code)
    assert document["errors"][0]["attr"] == attr


@pytest.mark.parametrize("value", [["a"], {"a": 1}, None, True])
def test_a_text_of_another_type_is_rejected(client: Client, db: None, value: object) -> None:
    assert search(client, text=value).status_code == 400


@pytest.mark.parametrize("key", ["1", "", "x' OR 1=1 --", 7.5, ["a"]])
def test_an_invalid_image_id_is_rejected(client: Client, db: None, key: object) -> None:
    problem(search(client, image_id=key), 400, "invalid")


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [(b"", 400, "empty_file"), (b"no picture at all", 415, "unsupported_type")],
)
def test_query_pictures_are_checked_like_uploads(
    client: Client, space: EmbeddingSpace, data: bytes, status: int, code: str
) -> None:
    picture = SimpleUploadedFile("a.png", data, "image/png")
    problem(client.post(SEARCH, {"images": picture}), status, code)


def test_a_full_decoder_says_when_to_try_again(
    client: Client, space: EmbeddingSpace, gallery_setting: Any
) -> None:
    gallery_setting(query_places=0)
    response = client.post(SEARCH, {"images": picture_file()})
    problem(response, 503, "too_busy")
    assert int(response["Retry-After"]) > 0


def test_slow_pictures_of_one_address_are_limited(
    client: Client, space: EmbeddingSpace, gallery_setting: Any
) -> None:
    gallery_setting(query_seconds=1)
    slow = SimpleUploadedFile("a.jpg", hostile.slow_jpeg(), "image/jpeg")
    for _ in range(5):
        slow.seek(0)
        response = client.post(SEARCH, {"images": slow}, REMOTE_ADDR="192.0.2.7")
    problem(response, 429, "too_many_slow_pictures")
    assert int(response["Retry-After"]) > 0
    other = client.post(SEARCH, {"images": picture_file()}, REMOTE_ADDR="192.0.2.8")
    assert other.status_code != 429


def test_query_pictures_have_the_upload_limit(
    client: Client, db: None, gallery_setting: Any
) -> None:
    gallery_setting(max_file_size=1000)
    picture = SimpleUploadedFile("a.png", bytes(1001), "image/png")
    problem(client.post(SEARCH, {"images": picture}), 413, "file_too_large")


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [(BadEmbedding("not finite"), 422, "bad_embedding"), (MemoryError(), 503, "out_of_memory")],
)
@pytest.mark.parametrize("input_kind", ["text", "picture"])
def test_an_encoder_failure_is_no_server_error(
    client: Client,
    db: None,
    monkeypatch: pytest.MonkeyPatch,
    failure: Exception,
    status: int,
    code: str,
    input_kind: str,
) -> None:
    def failing(inputs: list[Any]) -> Any:
        raise failure

    encoder = spaces.encoder_of(choose(BUILTIN))
    monkeypatch.setattr(encoder, "encode_texts", failing)
    monkeypatch.setattr(encoder, "encode_images", failing)
    if input_kind == "text":
        response = client.get(SEARCH, {"q": f"not cached {uuid.uuid4()}"})
    else:
        form = {"images": SimpleUploadedFile("a.png", scenes.plain(), "image/png")}
        response = client.post(SEARCH, form)
    problem(response, status, code)


def test_without_an_encoder_the_status_is_503(client: Client, db: None) -> None:
    problem(client.get(SEARCH, {"q": "a boat"}), 503, "encoder_unavailable")
