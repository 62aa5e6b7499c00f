from __future__ import annotations

from typing import Any

import numpy as np
import PIL.Image
import pytest
from django.test import Client
from rest_framework.settings import api_settings

from gallery.api import vector_questions
from gallery.changeover.choose import choose
from gallery.embeddings import batches
from gallery.encoders.model.names import BUILTIN
from gallery.models import EmbeddingSpace
from tests import scenes
from tests.api.answers import body, problem
from tests.api.embedding_questions import EMBEDDINGS, RED, ask, file, text


@pytest.fixture
def space(db: None) -> EmbeddingSpace:
    return choose(BUILTIN)


def test_a_picture_with_too_many_pixels_is_named(
    owner_client: Client, space: EmbeddingSpace, gallery_setting: Any
) -> None:
    gallery_setting(max_pixels=32 * 32)
    large = scenes.plain(size=(33, 33))
    found = problem(ask(owner_client, images=[text(RED), text(large)]), 422, "too_many_pixels")
    assert found["errors"][0]["attr"] == "images.1"


@pytest.mark.parametrize("form", [False, True])
def test_pictures_have_the_cap_of_one_upload_together(
    owner_client: Client, space: EmbeddingSpace, gallery_setting: Any, form: bool
) -> None:
    gallery_setting(max_file_size=2 * len(RED) + 10)
    images = [RED] * 3
    if form:
        response = owner_client.post(EMBEDDINGS, {"image": [file(data) for data in images]})
    else:
        response = ask(owner_client, images=[text(data) for data in images])
    found = problem(response, 413, "file_too_large")
    assert found["data"] == {"limit": 2 * len(RED) + 10, "index": 2}


def test_long_base64_is_refused_before_it_is_decoded(
    owner_client: Client, space: EmbeddingSpace, gallery_setting: Any
) -> None:
    gallery_setting(max_file_size=1000)
    problem(ask(owner_client, images=["!" * 2000]), 413, "file_too_large")


def test_json_may_hold_more_than_other_bodies(owner_client: Client, space: EmbeddingSpace) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (1100, 1100, 3), dtype=np.uint8)
    large = scenes.encoded(PIL.Image.fromarray(noise))
    assert len(large) > 3_000_000
    assert len(body(ask(owner_client, images=[text(large)]))["embeddings"]) == 1


def test_json_has_a_limit_of_its_own(
    owner_client: Client, space: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_questions, "MOST_JSON", 1000)
    problem(ask(owner_client, images=["A" * 1000]), 413, "request_too_large")


def test_pictures_that_take_too_long_together_are_stopped(
    owner_client: Client, space: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 1.0, 1000.0])
    monkeypatch.setattr(batches, "_now", lambda: next(clock))
    response = ask(owner_client, images=[text(RED), text(RED)])
    assert problem(response, 422, "too_expensive")["data"]["index"] == 1


def test_accounts_are_limited_each_for_itself(
    owner_client: Client, stranger_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = {"encoder": "1/m"}
    monkeypatch.setattr(api_settings, "DEFAULT_THROTTLE_RATES", rates, raising=False)
    assert [ask(owner_client).status_code for _ in range(2)] == [400, 429]
    assert int(ask(owner_client)["Retry-After"]) >= 1
    assert ask(stranger_client).status_code == 400
