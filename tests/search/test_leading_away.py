"""“Boats without people”: what leads away lowers no good hit, and takes out what shows it."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from gallery.changeover.choose import choose
from gallery.embeddings import encode
from gallery.models import EmbeddingSpace, Image
from gallery.search.engine import relevant_images, search
from gallery.search.intent import NamesVisibleTo, applied, understand
from gallery.search.query import Band, Mode, Order, ResultPage, SearchQuery, Term
from tests.builders import make_embedding, make_image, unit
from tests.search import demo_pictures

pytestmark = pytest.mark.django_db
AWAY = (Term(text="people", weight=-0.5),)


@pytest.fixture
def space(db: None) -> EmbeddingSpace:
    """Hits by text are good from 0.37."""
    return choose("builtin")


def add(space: EmbeddingSpace, title: str, *, boat: float, people: float) -> Image:
    """An image with these cosines to the texts “boat” and “people”."""
    first, second = encode.text_vector(space, "boat"), encode.text_vector(space, "people")
    matrix = np.stack([first, second]).astype(np.float64)
    inside = np.linalg.pinv(matrix) @ np.array([boat, people])
    across = np.linalg.svd(matrix)[2][2]
    image = make_image(title=title)
    make_embedding(image, space, unit(inside + (1 - inside @ inside) ** 0.5 * across))
    return image


def bands(page: ResultPage) -> dict[str, Band | None]:
    return {hit.image.title: hit.band for hit in page.hits}


def find(**query: Any) -> ResultPage:
    return search(SearchQuery(**query), AnonymousUser())


def sentence(text: str) -> ResultPage:
    intent = understand(text, now=timezone.localtime(), names=NamesVisibleTo(AnonymousUser()))
    query = SearchQuery(order=intent.order or Order.RELEVANCE)
    return search(applied(query, intent), AnonymousUser())


def test_a_little_of_it_hides_no_hit(space: EmbeddingSpace) -> None:
    add(space, "one", boat=0.42, people=-0.1)
    add(space, "two", boat=0.42, people=0.3)
    page = find(text="boat", terms=AWAY, mode=Mode.MEANING)
    assert set(bands(page).values()) == set(bands(find(text="boat", mode=Mode.MEANING)).values())
    assert list(bands(page)) == ["one", "two"]
    assert Band.WEAK not in bands(page).values()


def test_what_shows_it_is_no_close_match(space: EmbeddingSpace) -> None:
    add(space, "without", boat=0.42, people=0.1)
    add(space, "with", boat=0.6, people=0.5)
    page = find(text="boat", terms=AWAY, mode=Mode.MEANING)
    assert bands(page)["with"] == Band.WEAK
    assert bands(page)["without"] != Band.WEAK
    assert not page.nothing_close


def test_unrelated_pictures_are_no_close_match(space: EmbeddingSpace) -> None:
    """Pictures that are only far from people."""
    add(space, "far from both", boat=0.3, people=-0.6)
    page = find(text="boat", terms=AWAY, mode=Mode.MEANING)
    assert bands(page) == {"far from both": Band.WEAK}
    assert page.nothing_close


def test_words_of_the_text_still_count(space: EmbeddingSpace) -> None:
    add(space, "a boat", boat=0.2, people=0.0)
    add(space, "a boat with people", boat=0.6, people=0.0)
    page = find(text="boat", terms=AWAY)
    assert bands(page) == {"a boat": Band.GOOD, "a boat with people": Band.WEAK}


def test_only_what_shows_it_is_nothing_close(space: EmbeddingSpace) -> None:
    add(space, "with", boat=0.6, people=0.5)
    assert find(text="boat", terms=AWAY, mode=Mode.MEANING).nothing_close


def test_further_pages_have_the_same_bands(space: EmbeddingSpace) -> None:
    for number, people in enumerate((0.1, 0.5, 0.2, 0.6)):
        add(space, str(number), boat=0.42, people=people)
    query = SearchQuery(text="boat", terms=AWAY, mode=Mode.MEANING, limit=2)
    first = search(query, AnonymousUser())
    second = search(dataclasses.replace(query, cursor=first.next), AnonymousUser())
    assert (set(bands(first)), set(bands(second))) == ({"0", "2"}, {"1", "3"})
    assert Band.WEAK not in bands(first).values()
    assert set(bands(second).values()) == {Band.WEAK}
    ids = {hit.image.pk for hit in first.hits}
    assert {image.pk for image in relevant_images(query, AnonymousUser()).images} == ids


def test_exclusions_alone_leave_out_what_matches(space: EmbeddingSpace) -> None:
    add(space, "calm", boat=0.3, people=0.1)
    add(space, "crowd", boat=0.3, people=0.5)
    add(space, "people at a lake", boat=0.3, people=0.1)
    for text in ("without people", "pictures without people", "not people"):
        assert list(bands(sentence(text))) == ["calm"]


def test_an_order_alone_lists_all(space: EmbeddingSpace) -> None:
    for title in ("first", "second"):
        add(space, title, boat=0.1, people=0.1)
    assert list(bands(sentence("oldest first"))) == ["first", "second"]
    assert list(bands(sentence("newest pictures"))) == ["second", "first"]


def test_cats_without_dogs_in_the_demo(space: EmbeddingSpace) -> None:
    shown = (
        "a-cat-at-sunset", "a-cat-on-a-yellow-background", "a-cat-and-a-dog-on-the-grass",
        "a-dog-in-the-snow",
    )  # fmt: skip
    demo_pictures.show_named(space, *shown)
    page = find(text="cat", terms=(Term(text="dog", weight=-0.5),))
    above = {title for title, band in bands(page).items() if band != Band.WEAK}
    assert above <= {"a-cat-at-sunset", "a-cat-on-a-yellow-background"}
    assert "a-cat-at-sunset" in above
