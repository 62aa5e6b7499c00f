"""Pictures that still have no vector: how many there are, and how they look among the results."""

import uuid
from typing import Any

import pytest
from django.test import Client

from gallery.models import EmbeddingSpace, Image, State
from gallery.search.paging import totals
from tests.builders import make_embedding, make_image, unit_vector

pytestmark = pytest.mark.django_db


@pytest.fixture
def boats(builtin: EmbeddingSpace) -> list[Image]:
    images = [make_image(title="boat", width=300, height=200) for _ in range(3)]
    for number, image in enumerate(images):
        make_embedding(image, builtin, unit_vector(number))
    return images


@pytest.fixture
def waiting(boats: list[Image]) -> Image:
    return make_image(title="blue boat", state=State.STORED)


def page_of(client: Client, text: str, **options: Any) -> str:
    return client.get("/search/", {"q": text, **options}).content.decode()


@pytest.mark.parametrize("text", ["boat", "is:landscape", "order"])
def test_they_are_counted_on_every_page(client: Client, waiting: Image, text: str) -> None:
    page = page_of(client, text, limit=1)
    assert "1 picture is still being processed and not yet found by meaning." in page
    assert 'rel="next"' in page


def test_so_many_are_not_all_counted(
    client: Client, waiting: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(totals, "MOST_PENDING", 2)
    for _ in range(2):
        make_image(state=State.STORED)
    assert "At least 2 pictures are still being processed" in page_of(client, "boat")


def test_they_cannot_be_judged(client: Client, boats: list[Image], waiting: Image) -> None:
    page = page_of(client, "blue boat")
    assert 'class="judge" hidden' in tile_of(waiting, page)
    assert 'class="judge">' in tile_of(boats[0], page)
    Image.objects.filter(pk=waiting.pk).update(state=State.READY)
    assert 'class="judge">' in tile_of(waiting, page_of(client, "blue boat"))


def tile_of(image: Image, page: str) -> str:
    return page.partition(f'id="hit-{image.pk}"')[2].partition("</li>")[0]


def test_the_notice_is_read_again(client: Client, waiting: Image) -> None:
    assert "1 picture is still" in client.get("/tiles/?ids=&pending=1").content.decode()
    assert "still being" not in client.get(f"/tiles/?ids={uuid.uuid4()}").content.decode()
    Image.objects.update(state=State.READY)
    assert "still being" not in client.get("/tiles/?ids=&pending=1").content.decode()
