from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import PIL.Image
import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.changeover.choose import choose
from gallery.core.errors import BadEmbedding
from gallery.embeddings import encode, spaces
from gallery.encoders.model.names import BUILTIN
from gallery.models import EmbeddingSpace, Image
from tests.api.encoder.embedding_requests import (
    BLUE,
    EMBEDDINGS,
    RED,
    as_base64,
    as_file,
    post_json,
)
from tests.api.responses import json_body, problem
from tests.builders import by_token, make_token


@pytest.fixture
def space(db: None) -> EmbeddingSpace:
    return choose(BUILTIN)


def vectors(body: dict[str, Any]) -> np.ndarray:
    return np.array(body["embeddings"], dtype=np.float32)


def picture(data: bytes) -> PIL.Image.Image:
    return PIL.Image.open(io.BytesIO(data)).convert("RGB")


def test_texts_become_search_vectors(owner_client: Client, space: EmbeddingSpace) -> None:
    body = json_body(post_json(owner_client, texts=["a dog", "海边的狗"]))
    assert (body["encoder"], body["fingerprint"]) == (BUILTIN, space.fingerprint)
    assert body["width"] == 512
    expected = [encode.text_vector(space, text) for text in ("a dog", "海边的狗")]
    np.testing.assert_allclose(vectors(body), np.stack(expected), atol=1e-5)


@pytest.mark.parametrize("form", [False, True])
def test_pictures_become_search_vectors(
    owner_client: Client, space: EmbeddingSpace, form: bool
) -> None:
    if form:
        response = owner_client.post(EMBEDDINGS, {"images": [as_file(RED), as_file(BLUE)]})
    else:
        response = post_json(owner_client, images=[as_base64(RED), as_base64(BLUE)])
    expected = [encode.image_vector(space, picture(data)) for data in (RED, BLUE)]
    np.testing.assert_allclose(vectors(json_body(response)), np.stack(expected), atol=1e-5)
    assert not Image.objects.exists()


@pytest.mark.parametrize("name", ["image", "imags"])
def test_a_form_with_another_name_says_the_right_one(owner_client: Client, name: str) -> None:
    document = problem(owner_client.post(EMBEDDINGS, {name: as_file(RED)}), 400, "unknown")
    assert "“images”" in document["detail"]


def test_base64_holds_the_same_numbers(owner_client: Client, space: EmbeddingSpace) -> None:
    body = json_body(post_json(owner_client, texts=["a dog"], encoding="base64"))
    packed = np.frombuffer(base64.b64decode(body["embeddings"][0]), dtype="<f4")
    np.testing.assert_array_equal(
        packed, vectors(json_body(post_json(owner_client, texts=["a dog"])))[0]
    )


def test_base64_may_be_wrapped_or_a_data_url(owner_client: Client, space: EmbeddingSpace) -> None:
    wrapped = base64.encodebytes(RED).decode()
    body = json_body(
        post_json(owner_client, images=[wrapped, f"data:image/png;base64,{as_base64(RED)}"])
    )
    one, other = vectors(body)
    np.testing.assert_allclose(one, other, atol=1e-6)


def test_a_url_is_encoded_as_text(owner_client: Client, space: EmbeddingSpace) -> None:
    address = "http://127.0.0.1:9/a.png"
    body = json_body(post_json(owner_client, texts=[address]))
    np.testing.assert_allclose(vectors(body)[0], encode.text_vector(space, address), atol=1e-5)


def test_login_is_required(client: Client, db: None) -> None:
    problem(post_json(client, texts=["a dog"]), 401, "not_authenticated")


@pytest.mark.parametrize(
    ("fields", "attr", "code"),
    [
        ({}, None, "exactly_one"),
        ({"texts": ["a"], "images": [as_base64(RED)]}, None, "exactly_one"),
        ({"texts": []}, "texts", "too_few"),
        ({"texts": ["a"] * 65}, "texts", "too_many"),
        ({"images": ["a"] * 17}, "images", "too_many"),
        ({"texts": "a dog"}, "texts", "not_a_list"),
        ({"texts": {"0": "a"}}, "texts", "not_a_list"),
        ({"texts": None}, "texts", "null"),
        ({"texts": ["a", ""]}, "texts.1", "blank"),
        ({"texts": ["a", "b", "x" * 513]}, "texts.2", "max_length"),
        ({"texts": ["a", ["b"]]}, "texts.1", "invalid"),
        ({"texts": ["a", None]}, "texts.1", "null"),
        ({"texts": ["a\x00b"]}, "texts.0", "null_character"),
        ({"texts": ["\ud800"]}, "texts.0", "surrogate_characters_not_allowed"),
        ({"texts": ["a"], "encoding": "hex"}, "encoding", "invalid_choice"),
        ({"texts": ["a"], "encoding": "\ud800"}, "encoding", "invalid_choice"),
        ({"images": [as_base64(RED), "no base64!"]}, "images.1", "invalid_base64"),
        ({"images": ["abc"]}, "images.0", "invalid_base64"),
    ],
)
def test_an_invalid_item_is_reported_by_index(
    owner_client: Client, space: EmbeddingSpace, fields: dict[str, Any], attr: str | None, code: str
) -> None:
    document = problem(post_json(owner_client, **fields), 400, code)
    assert document["errors"][0]["attr"] == attr


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 400, "empty_file"),
        (b"no picture at all", 415, "unsupported_type"),
        (RED[:30], 422, "corrupt"),
    ],
)
def test_an_invalid_picture_is_reported_by_index(
    owner_client: Client, space: EmbeddingSpace, data: bytes, status: int, code: str
) -> None:
    document = problem(
        owner_client.post(EMBEDDINGS, {"images": [as_file(RED), as_file(data)]}), status, code
    )
    assert document["errors"][0]["attr"] == "images.1"
    assert document["data"]["index"] == 1


@pytest.mark.parametrize("sent", [b"{", b"null", b"[]", b'"x"', b"[" * 100_000, b"\xff"])
def test_a_malformed_body_is_rejected(owner_client: Client, db: None, sent: bytes) -> None:
    response = owner_client.post(EMBEDDINGS, sent, content_type="application/json")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(BadEmbedding("not finite"), 422, "bad_embedding"), (MemoryError(), 503, "out_of_memory")],
)
def test_a_failing_item_is_reported_by_index(
    owner_client: Client,
    space: EmbeddingSpace,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    code: str,
) -> None:
    encoder = spaces.encoder_of(space)
    known = encoder.encode_texts

    def choosy(texts: list[str]) -> Any:
        if "bad" in texts:
            raise error
        return known(texts)

    monkeypatch.setattr(encoder, "encode_texts", choosy)
    document = problem(post_json(owner_client, texts=["good", "fine", "bad", "well"]), status, code)
    assert document["errors"][0]["attr"] == "texts.2"


def test_without_an_encoder_the_status_is_503(owner_client: Client) -> None:
    problem(post_json(owner_client, texts=["a dog"]), 503, "encoder_unavailable")


def test_a_token_is_accepted(client: Client, owner: User, space: EmbeddingSpace) -> None:
    headers = by_token(make_token(owner, "read"))
    body = client.post(
        EMBEDDINGS, {"texts": ["a dog"]}, content_type="application/json", headers=headers
    )
    assert len(json_body(body)["embeddings"]) == 1
