"""Of unknown words and pictures the engine, the page and the API say that nothing is close."""

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
from gallery.search.query import ResultPage, SearchQuery
from tests.builders import make_embedding, make_image, make_space, unit_vector
from tests.search import demo_pictures

pytestmark = pytest.mark.django_db
NOTICE = "<h2>Nothing close</h2>"
UNKNOWN = "季度税务报告 quarterly tax report"
HERE = Path(__file__).parent


@pytest.fixture
def space() -> EmbeddingSpace:
    return choose("builtin")


@pytest.fixture
def shown(space: EmbeddingSpace) -> list[Image]:
    return demo_pictures.show_demo_pictures(space)


def asked(**query: Any) -> ResultPage:
    return search(SearchQuery(**query), AnonymousUser())


def by_picture(client: Client, data: bytes) -> str:
    file = SimpleUploadedFile("picture", data)
    return client.post("/search/", {"picture": file}, follow=True).content.decode()


@pytest.mark.parametrize("text", ["a dog", "一只狗", "a castle", "a cat", "a crab on a beach"])
def test_known_words_find_something_close(shown: list[Image], text: str) -> None:
    assert not asked(text=text).nothing_close


def test_unknown_words_find_nothing_close_and_the_nearest_all_the_same(shown: list[Image]) -> None:
    found = asked(text=UNKNOWN)
    assert found.nothing_close
    assert len(found.hits) == len(shown)


@pytest.mark.parametrize(
    ("data", "nothing_close"),
    [
        (demo_pictures.noise(), True),
        (demo_pictures.photograph(), True),
        (demo_pictures.copy_of_the_dog(), False),
    ],
)
def test_of_a_picture_from_outside(shown: list[Image], data: bytes, nothing_close: bool) -> None:
    assert asked(picture=query_pictures.remember(data)).nothing_close == nothing_close


def test_a_picture_of_the_gallery_is_asked_about_the_others(
    space: EmbeddingSpace, shown: list[Image]
) -> None:
    dog, *_, cake = shown
    twin = make_image()
    make_embedding(twin, space, dog.embeddings.get().vector)
    assert not asked(image_id=dog.pk).nothing_close
    assert asked(image_id=cake.pk).nothing_close


def test_nothing_is_said_of_an_empty_answer(space: EmbeddingSpace) -> None:
    assert not asked(text=UNKNOWN).nothing_close


def test_an_encoder_nobody_measured_never_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "find", lambda name: ResolvedModel(name, ModelFolder(name, HERE)))
    space = make_space(encoder="another")
    for number in range(3):
        last = make_image()
        make_embedding(last, space, unit_vector(number))
    assert not asked(image_id=last.pk).nothing_close


def test_the_page_says_it_above_the_nearest(client: Client, shown: list[Image]) -> None:
    text = client.get("/search/", {"q": UNKNOWN}).content.decode()
    assert "probably not what you mean" in text
    assert text.index(NOTICE) < text.index('class="rows"')
    # What is announced is the status line; its own words must hold the news.
    status = text.split('role="status">')[1].split("</p>")[0]
    assert "Nothing close" in status


def test_the_page_says_it_of_a_dropped_photograph(client: Client, shown: list[Image]) -> None:
    text = by_picture(client, demo_pictures.photograph())
    assert NOTICE in text
    assert "probably show something else" in text


def test_the_page_does_not_say_it_of_what_is_found(client: Client, shown: list[Image]) -> None:
    assert "Nothing close" not in client.get("/search/", {"q": "a dog"}).content.decode()
    assert "Nothing close" not in by_picture(client, demo_pictures.copy_of_the_dog())


@pytest.mark.parametrize(("text", "said"), [(UNKNOWN, True), ("a dog", False)])
def test_the_api_says_it_of_words(
    client: Client, shown: list[Image], text: str, said: bool
) -> None:
    assert client.get("/api/v1/search/", {"q": text}).json()["nothing_close"] is said


def test_the_api_says_it_of_pictures(client: Client, shown: list[Image]) -> None:
    for data, said in ((demo_pictures.noise(), True), (demo_pictures.copy_of_the_dog(), False)):
        sent = {"image": SimpleUploadedFile("picture", data)}
        assert client.post("/api/v1/search/", sent).json()["nothing_close"] is said
