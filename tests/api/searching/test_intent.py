"""Sentences in ``q`` are read only where the request has ``intent``."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import EmbeddingSpace
from tests.api.responses import json_body, problem
from tests.builders import by_token, make_embedded, make_token, unit_vector
from tests.llm.provider import running

pytestmark = pytest.mark.django_db
SEARCH = "/api/v1/search/"
SENTENCE = "find boats, landscape format, without people"


@pytest.fixture
def boats(space: EmbeddingSpace, meanings: dict[str, Any]) -> None:
    meanings.update({"boats": unit_vector(1), "people": unit_vector(2), SENTENCE: unit_vector(1)})
    make_embedded(space, [unit_vector(1)], title="wide", width=300, height=200)
    make_embedded(space, [unit_vector(1)], title="tall", width=200, height=300)


def found_titles(body: dict[str, Any]) -> set[str]:
    return {hit["image"]["title"] for hit in body["results"]}


@pytest.mark.usefixtures("boats")
def test_the_answer_says_what_was_understood(client: Client) -> None:
    body = json_body(client.get(SEARCH, {"q": SENTENCE, "intent": "true"}))
    assert found_titles(body) == {"wide"}
    assert (body["intent"]["reader"], body["intent"]["text"]) == ("rules", "boats")
    shape, people = body["intent"]["parts"][1:]
    assert (shape["kind"], shape["operator"]) == ("filter", "is:landscape")
    assert SENTENCE[shape["start"] : shape["end"]] == shape["quote"] == "landscape format"
    assert (people["kind"], people["words"]) == ("negative", ["people"])
    posted = client.post(SEARCH, {"q": SENTENCE, "intent": True}, content_type="application/json")
    assert json_body(posted)["intent"] == body["intent"]


@pytest.mark.parametrize(
    "sentence",
    ["newest pictures of dogs", "帮我找 最新的 猫的照片", "show me  cats , last summer ,newest"],
)
def test_quotes_are_at_their_places(client: Client, db: None, sentence: str) -> None:
    request = {"q": sentence, "intent": "true", "mode": "words"}
    parts = json_body(client.get(SEARCH, request))["intent"]["parts"]
    assert len(parts) > 1
    for part in parts:
        assert sentence[part["start"] : part["end"]] == part["quote"] == part["quote"].strip()


@pytest.mark.usefixtures("boats")
def test_a_foreign_page_spends_no_budget(
    owner_client: Client, owner: User, meanings: dict[str, Any], gallery_setting: Any
) -> None:
    meanings[SENTENCE.removeprefix("find ")] = unit_vector(1)  # as the model reads it
    request = {"q": SENTENCE, "intent": "true"}
    with running() as provider:
        provider.pieces = [json.dumps({"parts": []})]
        gallery_setting(
            llm_provider="openai", llm_model="a-model", llm_url=provider.url, llm_key="k"
        )
        for site in ("cross-site", "same-site"):
            headers = {"Sec-Fetch-Site": site}
            body = json_body(owner_client.get(SEARCH, request, headers=headers))
            assert (body["intent"]["reader"], body["intent"]["model_failed"]) == ("rules", False)
        assert provider.requests == []
        for client, headers in (
            (owner_client, {"Sec-Fetch-Site": "same-origin"}),
            (Client(), by_token(make_token(owner))),
        ):
            body = json_body(client.get(SEARCH, request, headers=headers))
            assert body["intent"]["reader"] == "a-model"


@pytest.mark.usefixtures("boats")
def test_without_intent_the_words_stay_text(client: Client) -> None:
    body = json_body(client.get(SEARCH, {"q": SENTENCE}))
    assert found_titles(body) == {"wide", "tall"}
    assert body["intent"] is None


@pytest.mark.usefixtures("boats")
def test_the_limit_of_the_request_comes_first(client: Client) -> None:
    sentence: dict[str, Any] = {"q": "newest 2 photos from this year", "intent": "true"}
    assert len(json_body(client.get(SEARCH, {**sentence, "limit": 1}))["results"]) == 1


@pytest.mark.parametrize(
    ("parameters", "code", "attr"),
    [
        ({"q": "cat", "intent": "maybe"}, "invalid", "intent"),
        ({"intent": "true", "owner": "ann"}, "required", "q"),
    ],
)
def test_a_wrong_intent_is_refused(
    client: Client, parameters: dict[str, str], code: str, attr: str
) -> None:
    body = problem(client.get(SEARCH, parameters), 400, code)
    assert [error["attr"] for error in body["errors"]] == [attr]
