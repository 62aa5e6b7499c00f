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
from tests.api.answers import body, problem
from tests.api.embedding_questions import BLUE, EMBEDDINGS, RED, ask, file, text


@pytest.fixture
def space(db: None) -> EmbeddingSpace:
    return choose(BUILTIN)


def vectors(said: dict[str, Any]) -> np.ndarray:
    return np.array(said["embeddings"], dtype=np.float32)


def picture(data: bytes) -> PIL.Image.Image:
    return PIL.Image.open(io.BytesIO(data)).convert("RGB")


def test_texts_become_the_vectors_searching_uses(
    owner_client: Client, space: EmbeddingSpace
) -> None:
    said = body(ask(owner_client, texts=["a dog", "海边的狗"]))
    assert (said["encoder"], said["fingerprint"]) == (BUILTIN, space.fingerprint)
    assert said["width"] == 512
    wanted = [encode.text_vector(space, words) for words in ("a dog", "海边的狗")]
    np.testing.assert_allclose(vectors(said), np.stack(wanted), atol=1e-5)


@pytest.mark.parametrize("form", [False, True])
def test_pictures_become_the_vectors_searching_uses(
    owner_client: Client, space: EmbeddingSpace, form: bool
) -> None:
    if form:
        response = owner_client.post(EMBEDDINGS, {"image": [file(RED), file(BLUE)]})
    else:
        response = ask(owner_client, images=[text(RED), text(BLUE)])
    wanted = [encode.image_vector(space, picture(data)) for data in (RED, BLUE)]
    np.testing.assert_allclose(vectors(body(response)), np.stack(wanted), atol=1e-5)
    assert not Image.objects.exists()


def test_texts_may_come_as_a_form(owner_client: Client, space: EmbeddingSpace) -> None:
    posted = vectors(body(owner_client.post(EMBEDDINGS, {"text": ["a dog", "a cat"]})))
    np.testing.assert_array_equal(
        posted, vectors(body(ask(owner_client, texts=["a dog", "a cat"])))
    )


def test_base64_holds_the_same_numbers(owner_client: Client, space: EmbeddingSpace) -> None:
    said = body(ask(owner_client, texts=["a dog"], encoding="base64"))
    packed = np.frombuffer(base64.b64decode(said["embeddings"][0]), dtype="<f4")
    np.testing.assert_array_equal(packed, vectors(body(ask(owner_client, texts=["a dog"])))[0])


def test_base64_may_be_wrapped_or_a_data_address(
    owner_client: Client, space: EmbeddingSpace
) -> None:
    wrapped = base64.encodebytes(RED).decode()
    said = body(ask(owner_client, images=[wrapped, f"data:image/png;base64,{text(RED)}"]))
    one, other = vectors(said)
    np.testing.assert_allclose(one, other, atol=1e-6)


def test_a_text_that_looks_like_an_address_is_a_text(
    owner_client: Client, space: EmbeddingSpace
) -> None:
    address = "http://127.0.0.1:9/a.png"
    said = body(ask(owner_client, texts=[address]))
    np.testing.assert_allclose(vectors(said)[0], encode.text_vector(space, address), atol=1e-5)


def test_a_login_is_needed(client: Client, db: None) -> None:
    problem(ask(client, texts=["a dog"]), 401, "not_authenticated")


@pytest.mark.parametrize(
    ("question", "attr", "code"),
    [
        ({}, "non_field_errors", "exactly_one"),
        ({"texts": ["a"], "images": ["a"]}, "non_field_errors", "exactly_one"),
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
        ({"texts": ["a\x00b"]}, "texts.0", "null_characters_not_allowed"),
        ({"texts": ["\ud800"]}, "texts.0", "surrogate_characters_not_allowed"),
        ({"texts": ["a"], "encoding": "hex"}, "encoding", "invalid_choice"),
        ({"texts": ["a"], "encoding": "\ud800"}, "encoding", "invalid_choice"),
        ({"images": [text(RED), "no base64!"]}, "images.1", "invalid_base64"),
        ({"images": ["abc"]}, "images.0", "invalid_base64"),
    ],
)
def test_a_wrong_question_names_the_item(
    owner_client: Client, space: EmbeddingSpace, question: dict[str, Any], attr: str, code: str
) -> None:
    found = problem(ask(owner_client, **question), 400, code)
    assert found["errors"][0]["attr"] == attr


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 400, "empty_file"),
        (b"no picture at all", 415, "unsupported_type"),
        (RED[:30], 422, "corrupt"),
    ],
)
def test_a_picture_that_is_none_is_named(
    owner_client: Client, space: EmbeddingSpace, data: bytes, status: int, code: str
) -> None:
    found = problem(owner_client.post(EMBEDDINGS, {"image": [file(RED), file(data)]}), status, code)
    assert found["errors"][0]["attr"] == "image.1"
    assert found["data"]["index"] == 1


@pytest.mark.parametrize("sent", [b"{", b"null", b"[]", b'"x"', b"[" * 100_000, b"\xff"])
def test_a_body_that_is_no_question_is_refused(owner_client: Client, db: None, sent: bytes) -> None:
    response = owner_client.post(EMBEDDINGS, sent, content_type="application/json")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(BadEmbedding("not finite"), 422, "bad_embedding"), (MemoryError(), 503, "out_of_memory")],
)
def test_an_item_the_encoder_cannot_do_is_named(
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
    found = problem(ask(owner_client, texts=["good", "fine", "bad", "well"]), status, code)
    assert found["errors"][0]["attr"] == "texts.2"


def test_without_an_encoder_it_says_so(owner_client: Client) -> None:
    problem(ask(owner_client, texts=["a dog"]), 503, "encoder_unavailable")


def test_a_token_may_ask_too(client: Client, owner: User, space: EmbeddingSpace) -> None:
    from knox.models import get_token_model

    _row, token = get_token_model().objects.create(user=owner)
    headers = {"Authorization": f"Token {token}"}
    said = client.post(
        EMBEDDINGS, {"texts": ["a dog"]}, content_type="application/json", headers=headers
    )
    assert len(body(said)["embeddings"]) == 1
