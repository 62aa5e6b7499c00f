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
from tests import scenes
from tests.api.answers import PEOPLE, SEEN_BY, body, problem
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
    """Three images, ever less like “a boat”."""
    meanings["a boat"] = unit_vector(1)
    found = []
    for title, similarity in (("boat", 0.9), ("ship", 0.6), ("tree", 0.1)):
        found.append(make_image(owner, title=title))
        make_embedding(found[-1], space, near(meanings["a boat"], similarity))
    return found


def titles(said: dict[str, Any]) -> list[str]:
    return [hit["image"]["title"] for hit in said["results"]]


def ask(client: Client, **question: Any) -> Any:
    return client.post(SEARCH, question, content_type="application/json")


def test_the_nearest_in_meaning_come_first(client: Client, boats: list[Image]) -> None:
    said = body(client.get(SEARCH, {"q": "a boat"}))
    assert titles(said) == ["boat", "ship", "tree"]
    assert [hit["similarity"] for hit in said["results"]] == [
        pytest.approx(value, abs=0.001) for value in (0.9, 0.6, 0.1)
    ]


def test_an_answer_says_what_the_contract_promises(client: Client, boats: list[Image]) -> None:
    said = body(client.get(f"{SEARCH}?q=a+boat&limit=1"))
    assert set(said) == {"results", "encoder", "took_ms", "pending", "nothing_close"}
    assert (said["encoder"], said["pending"]) == ("builtin", 0)
    (hit,) = said["results"]
    assert set(hit) == {"id", "similarity", "image"}
    assert hit["id"] == hit["image"]["id"] == str(boats[0].pk)
    assert hit["image"] == body(client.get(f"/api/v1/images/{boats[0].pk}/"))


def test_limit_and_least_similarity_narrow_the_answer(client: Client, boats: list[Image]) -> None:
    assert titles(body(client.get(f"{SEARCH}?q=a+boat&limit=1"))) == ["boat"]
    far = f"{SEARCH}?q=a+boat&min_similarity=0.5"
    assert titles(body(client.get(far))) == ["boat", "ship"]


def test_the_same_question_can_be_posted(client: Client, boats: list[Image]) -> None:
    said = body(ask(client, text="a boat", limit=2, min_similarity=0.2))
    assert titles(said) == ["boat", "ship"]


def test_an_image_finds_its_likes_without_itself(client: Client, boats: list[Image]) -> None:
    assert titles(body(ask(client, image_id=str(boats[0].pk)))) == ["ship", "tree"]


def test_a_picture_from_outside_finds_its_likes(
    client: Client,
    boats: list[Image],
    meanings: Meanings,
    png: Callable[..., SimpleUploadedFile],
) -> None:
    meanings["picture"] = unit_vector(1)
    said = body(client.post(SEARCH, {"image": png(size=(40, 30)), "limit": 2}))
    assert titles(said) == ["boat", "ship"]
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
    seen = {visibility for visibility in SEEN_BY if person in SEEN_BY[visibility]}
    assert set(titles(body(people[person].get(SEARCH, {"q": "a boat"})))) == seen
    assert set(titles(body(ask(people[person], text="a boat")))) == seen


def test_a_hidden_image_answers_no_question(
    people: dict[str, Client], images: dict[str, Image], space: EmbeddingSpace
) -> None:
    hidden = problem(ask(people["stranger"], image_id=str(images["private"].pk)), 404, "not_found")
    absent = problem(ask(people["stranger"], image_id=str(uuid.uuid4())), 404, "not_found")
    assert hidden == absent


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_closed_site_answers_members_only(
    client: Client, db: None, gallery_setting: Any, method: str
) -> None:
    gallery_setting(anonymous_access=False)
    response = client.get(SEARCH, {"q": "x"}) if method == "get" else ask(client, text="x")
    problem(response, 401, "not_authenticated")


def test_asking_by_post_without_login_is_no_upload(client: Client, boats: list[Image]) -> None:
    assert ask(client, text="a boat").status_code == 200


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"text": "a boat", "image_id": str(uuid.uuid4())},
        {"limit": 3},
    ],
)
def test_a_search_asks_exactly_one_thing(
    client: Client, db: None, question: dict[str, Any]
) -> None:
    problem(ask(client, **question), 400, "exactly_one")


def test_text_and_picture_together_are_refused(
    client: Client, db: None, png: Callable[..., SimpleUploadedFile]
) -> None:
    problem(client.post(SEARCH, {"image": png(), "text": "a boat"}), 400, "exactly_one")


@pytest.mark.parametrize(
    ("query", "attr", "code"),
    [
        ({}, "q", "required"),
        ({"q": ""}, "q", "blank"),
        ({"q": "  \t "}, "q", "blank"),
        ({"q": "x" * 513}, "q", "max_length"),
        ({"q": "a\x00b"}, "q", "null_characters_not_allowed"),
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
def test_a_question_out_of_bounds_is_named(
    client: Client, db: None, query: dict[str, Any], attr: str, code: str
) -> None:
    found = problem(client.get(SEARCH, query), 400, code)
    assert found["errors"][0]["attr"] == attr


@pytest.mark.parametrize("value", [["a"], {"a": 1}, None, True])
def test_a_text_that_is_no_text_is_refused(client: Client, db: None, value: object) -> None:
    assert ask(client, text=value).status_code == 400


@pytest.mark.parametrize("key", ["1", "", "x' OR 1=1 --", 7.5, ["a"]])
def test_an_image_id_that_is_none_is_refused(client: Client, db: None, key: object) -> None:
    problem(ask(client, image_id=key), 400, "invalid")


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [(b"", 400, "empty_file"), (b"no picture at all", 415, "unsupported_type")],
)
def test_a_query_picture_passes_the_guards_of_uploads(
    client: Client, space: EmbeddingSpace, data: bytes, status: int, code: str
) -> None:
    picture = SimpleUploadedFile("a.png", data, "image/png")
    problem(client.post(SEARCH, {"image": picture}), status, code)


def test_a_query_picture_has_the_cap_of_uploads(
    client: Client, db: None, gallery_setting: Any
) -> None:
    gallery_setting(max_file_size=1000)
    picture = SimpleUploadedFile("a.png", bytes(1001), "image/png")
    problem(client.post(SEARCH, {"image": picture}), 413, "file_too_large")


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [(BadEmbedding("not finite"), 422, "bad_embedding"), (MemoryError(), 503, "out_of_memory")],
)
@pytest.mark.parametrize("asked", ["text", "picture"])
def test_a_question_the_encoder_cannot_do_anything_with_is_no_fault_of_the_site(
    client: Client,
    db: None,
    monkeypatch: pytest.MonkeyPatch,
    failure: Exception,
    status: int,
    code: str,
    asked: str,
) -> None:
    def failing(inputs: list[Any]) -> Any:
        raise failure

    encoder = spaces.encoder_of(choose(BUILTIN))
    monkeypatch.setattr(encoder, "encode_texts", failing)
    monkeypatch.setattr(encoder, "encode_images", failing)
    if asked == "text":
        response = client.get(SEARCH, {"q": f"never asked {uuid.uuid4()}"})
    else:
        form = {"image": SimpleUploadedFile("a.png", scenes.plain(), "image/png")}
        response = client.post(SEARCH, form)
    problem(response, status, code)


def test_without_an_encoder_searching_says_so(client: Client, db: None) -> None:
    problem(client.get(SEARCH, {"q": "a boat"}), 503, "encoder_unavailable")
