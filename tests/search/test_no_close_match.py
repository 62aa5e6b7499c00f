"""Queries without a close match: the engine, the page and the API report it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gallery.changeover.choose import choose
from gallery.encoders.model import lookup
from gallery.encoders.model.folder import ModelFolder
from gallery.encoders.model.resolved import ResolvedModel
from gallery.models import EmbeddingSpace, Image
from gallery.search import query_pictures
from gallery.search.engine import search
from gallery.search.query import ResultPage, SearchQuery, Term
from tests.builders import make_embedding, make_image, make_space, unit_vector
from tests.search import demo_pictures

pytestmark = pytest.mark.django_db
NOTICE = "<h2>No close matches</h2>"
UNKNOWN = "季度税务报告 quarterly tax report"
HERE = Path(__file__).parent


@pytest.fixture
def space() -> EmbeddingSpace:
    return choose("builtin")


@pytest.fixture
def shown(space: EmbeddingSpace) -> list[Image]:
    return demo_pictures.show_demo_pictures(space)


def find(**query: Any) -> ResultPage:
    return search(SearchQuery(**query), AnonymousUser())


def find_like(**term: Any) -> ResultPage:
    return find(terms=(Term(**term),))


def by_picture(client: Client, data: bytes) -> str:
    file = SimpleUploadedFile("picture", data)
    return client.post("/search/", {"picture": file}, follow=True).content.decode()


@pytest.mark.parametrize("text", ["a dog", "一只狗", "a castle", "a cat", "a crab on a beach"])
def test_known_words_have_a_close_match(shown: list[Image], text: str) -> None:
    assert not find(text=text).nothing_close


def test_unknown_words_return_the_nearest_pictures(shown: list[Image]) -> None:
    page = find(text=UNKNOWN)
    assert page.nothing_close
    assert len(page.hits) == len(shown)


@pytest.mark.parametrize(
    ("data", "nothing_close"),
    [
        (demo_pictures.noise(), True),
        (demo_pictures.photograph(), True),
        (demo_pictures.copy_of_the_dog(), False),
    ],
)
def test_uploaded_pictures_are_judged(shown: list[Image], data: bytes, nothing_close: bool) -> None:
    assert find_like(picture=query_pictures.remember(data)).nothing_close == nothing_close


def test_a_gallery_picture_ignores_itself(space: EmbeddingSpace, shown: list[Image]) -> None:
    dog, *_, cake = shown
    twin = make_image()
    make_embedding(twin, space, dog.embeddings.get().vector)
    assert not find_like(image_id=dog.pk).nothing_close
    assert find_like(image_id=cake.pk).nothing_close


def test_an_empty_result_is_not_judged(space: EmbeddingSpace) -> None:
    assert not find(text=UNKNOWN).nothing_close


def test_an_encoder_without_threshold_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "find", lambda name: ResolvedModel(name, ModelFolder(name, HERE)))
    space = make_space(encoder="another")
    for number in range(3):
        last = make_image()
        make_embedding(last, space, unit_vector(number))
    assert not find_like(image_id=last.pk).nothing_close


def test_the_page_shows_a_notice_above_the_results(client: Client, shown: list[Image]) -> None:
    text = client.get("/search/", {"q": UNKNOWN}).content.decode()
    assert "probably not what you are looking for" in text
    assert text.index(NOTICE) < text.index('class="rows hits"')
    # Screen readers announce the summary, so it must say it too.
    summary = text.split('id="summary">')[1].split("</p>")[0]
    assert "No close matches" in summary


def test_the_page_shows_a_notice_for_pictures(client: Client, shown: list[Image]) -> None:
    text = by_picture(client, demo_pictures.photograph())
    assert NOTICE in text
    assert "probably show something else" in text


def test_the_page_has_no_notice_for_matches(client: Client, shown: list[Image]) -> None:
    assert "No close matches" not in client.get("/search/", {"q": "a dog"}).content.decode()
    assert "No close matches" not in by_picture(client, demo_pictures.copy_of_the_dog())


@pytest.mark.parametrize(("text", "nothing_close"), [(UNKNOWN, True), ("a dog", False)])
def test_the_api_reports_it_for_texts(
    client: Client, shown: list[Image], text: str, nothing_close: bool
) -> None:
    assert client.get("/api/v1/search/", {"q": text}).json()["nothing_close"] is nothing_close


def test_the_api_reports_it_for_pictures(client: Client, shown: list[Image]) -> None:
    for data, nothing_close in (
        (demo_pictures.noise(), True),
        (demo_pictures.copy_of_the_dog(), False),
    ):
        sent = {"images": SimpleUploadedFile("picture", data)}
        assert client.post("/api/v1/search/", sent).json()["nothing_close"] is nothing_close
