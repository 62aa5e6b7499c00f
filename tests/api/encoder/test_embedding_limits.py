from __future__ import annotations

import time
from typing import Any

import numpy as np
import PIL.Image
import pytest
from django.test import Client
from rest_framework.settings import api_settings

from gallery.api import parsers
from gallery.changeover.choose import choose
from gallery.embeddings import batches
from gallery.encoders.model.names import BUILTIN
from gallery.models import EmbeddingSpace
from tests import scenes
from tests.api.encoder.embedding_requests import EMBEDDINGS, RED, as_base64, as_file, post_json
from tests.api.responses import json_body, problem


@pytest.fixture
def space(db: None) -> EmbeddingSpace:
    return choose(BUILTIN)


def test_too_many_pixels_are_reported_by_index(
    owner_client: Client, space: EmbeddingSpace, gallery_setting: Any
) -> None:
    gallery_setting(max_pixels=32 * 32)
    large = scenes.plain(size=(33, 33))
    document = problem(
        post_json(owner_client, images=[as_base64(RED), as_base64(large)]), 422, "too_many_pixels"
    )
    assert document["errors"][0]["attr"] == "images.1"


@pytest.mark.parametrize("form", [False, True])
def test_all_pictures_share_one_size_limit(
    owner_client: Client, space: EmbeddingSpace, gallery_setting: Any, form: bool
) -> None:
    gallery_setting(max_file_size=2 * len(RED) + 10)
    images = [RED] * 3
    if form:
        response = owner_client.post(EMBEDDINGS, {"images": [as_file(data) for data in images]})
    else:
        response = post_json(owner_client, images=[as_base64(data) for data in images])
    document = problem(response, 413, "file_too_large")
    assert document["data"] == {"limit": 2 * len(RED) + 10, "index": 2}


def test_long_base64_is_rejected_before_decoding(
    owner_client: Client, space: EmbeddingSpace, gallery_setting: Any
) -> None:
    gallery_setting(max_file_size=1000)
    images = [as_base64(RED), "!" * 2000]
    document = problem(post_json(owner_client, images=images), 413, "file_too_large")
    assert document["data"] == {"limit": 1000, "index": 1}
    assert document["errors"][0]["attr"] == "images.1"


def test_json_may_exceed_the_common_body_limit(owner_client: Client, space: EmbeddingSpace) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (1100, 1100, 3), dtype=np.uint8)
    large = scenes.encoded(PIL.Image.fromarray(noise))
    assert len(large) > 3_000_000
    assert len(json_body(post_json(owner_client, images=[as_base64(large)]))["embeddings"]) == 1


def test_json_has_its_own_size_limit(
    owner_client: Client, space: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsers, "MAX_JSON_BYTES", 1000)
    problem(post_json(owner_client, images=["A" * 1000]), 413, "request_too_large")


def test_all_pictures_share_one_time_limit(
    owner_client: Client,
    space: EmbeddingSpace,
    gallery_setting: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def slow_decode(data: bytes) -> PIL.Image.Image:
        time.sleep(0.4)
        return PIL.Image.new("RGB", (8, 8))

    gallery_setting(decode_seconds=0.3)
    monkeypatch.setattr(batches, "decode_query", slow_decode)
    response = post_json(owner_client, images=[as_base64(RED), as_base64(RED)])
    assert problem(response, 422, "too_expensive")["data"]["index"] == 1


def test_each_account_has_its_own_rate_limit(
    owner_client: Client, stranger_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = {"encoder": "1/m"}
    monkeypatch.setattr(api_settings, "DEFAULT_THROTTLE_RATES", rates, raising=False)
    assert [post_json(owner_client).status_code for _ in range(2)] == [400, 429]
    assert int(post_json(owner_client)["Retry-After"]) >= 1
    assert post_json(stranger_client).status_code == 400
