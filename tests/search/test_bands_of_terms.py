"""Bands of searches by several terms: added, subtracted, liked, or the best of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser

from gallery.changeover.choose import choose
from gallery.embeddings import encode
from gallery.models import EmbeddingSpace, Image, RelevanceCalibration
from gallery.search import query_pictures, relevance
from gallery.search.engine import search
from gallery.search.query import Band, Combine, Order, ResultPage, SearchQuery, Term, similar_to
from tests.builders import make_embedded, make_embedding, make_image, unit, unit_vector
from tests.search import demo_pictures

pytestmark = pytest.mark.django_db
UNKNOWN = "季度税务报告 quarterly tax report"
A, B = unit_vector(1), unit_vector(2)


@pytest.fixture
def space(db: None) -> EmbeddingSpace:
    """Hits by picture are good from 0.53 and strong from 0.64, those by text from 0.37, 0.42."""
    return choose("builtin")


@pytest.fixture
def fresh_thresholds() -> Iterator[None]:
    """A process keeps the thresholds that it has read for a while."""
    relevance.forget()
    yield
    relevance.forget()


def add(space: EmbeddingSpace, title: str, vector: Any, **fields: Any) -> Image:
    image = make_image(title=title, **fields)
    make_embedding(image, space, vector)
    return image


def near(similarities: dict[int, float]) -> Any:
    """A unit vector with these cosines to orthogonal axes."""
    rest = 1 - sum(value**2 for value in similarities.values())
    vector = np.zeros(512)
    vector[list(similarities)] = list(similarities.values())
    vector[-1] = rest**0.5
    return unit(vector)


def find(**query: Any) -> ResultPage:
    return search(SearchQuery(**query), AnonymousUser())


def bands(page: ResultPage) -> dict[str, Band | None]:
    return {hit.image.title: hit.band for hit in page.hits}


@pytest.fixture
def axes(space: EmbeddingSpace) -> tuple[Term, Term]:
    """Two images of the gallery that have nothing in common, as terms."""
    first, second = add(space, "first", near({0: 1})), add(space, "second", near({1: 1}))
    return Term(image_id=first.pk), Term(image_id=second.pk)


def test_one_of_two_terms_is_not_enough(space: EmbeddingSpace, axes: tuple[Term, Term]) -> None:
    add(space, "both", near({0: 0.6, 1: 0.6}))
    add(space, "a little of both", near({0: 0.47, 1: 0.47}))
    add(space, "one", near({0: 0.8}))
    page = find(terms=axes)
    assert bands(page) == {"both": Band.STRONG, "a little of both": Band.GOOD, "one": Band.WEAK}
    assert not page.nothing_close


def test_two_terms_may_have_no_answer(space: EmbeddingSpace, axes: tuple[Term, Term]) -> None:
    add(space, "hardly", near({0: 0.36, 1: 0.36}))
    assert find(terms=axes).nothing_close
    add(space, "rather", near({0: 0.38, 1: 0.38}))
    assert not find(terms=axes).nothing_close


def test_a_small_weight_asks_for_little(space: EmbeddingSpace, axes: tuple[Term, Term]) -> None:
    add(space, "one", near({0: 0.8}))
    add(space, "both", near({0: 0.7, 1: 0.7}))
    first, second = axes
    little = find(terms=(first, dataclasses.replace(second, weight=0.1)))
    assert bands(little) == {"one": Band.STRONG, "both": Band.STRONG}
    much = find(terms=(first, dataclasses.replace(second, weight=0.8)))
    assert bands(much) == {"both": Band.STRONG, "one": Band.WEAK}


def test_the_best_of_few_is_good(space: EmbeddingSpace, axes: tuple[Term, Term]) -> None:
    add(space, "one", near({0: 0.76}))
    add(space, "as near", near({1: 0.75}))
    add(space, "farther", near({0: 0.7}))
    page = find(terms=axes)
    assert bands(page) == {"one": Band.GOOD, "as near": Band.GOOD, "farther": Band.WEAK}
    add(space, "both", near({0: 0.6, 1: 0.6}))
    assert bands(find(terms=axes))["one"] == Band.WEAK


def test_a_subtracted_term_lowers_the_thresholds(
    space: EmbeddingSpace, axes: tuple[Term, Term]
) -> None:
    first, second = axes
    add(space, "without", near({0: 0.57}))
    add(space, "with", near({0: 0.57, 1: 0.5}))
    assert set(bands(find(terms=(first,))).values()) == {Band.GOOD, Band.WEAK}  # and "second"
    page = find(terms=(first, dataclasses.replace(second, weight=-0.5)))
    assert bands(page) == {"without": Band.GOOD, "with": Band.WEAK}
    assert not page.nothing_close


def test_liked_hits_count_as_pictures(space: EmbeddingSpace, axes: tuple[Term, Term]) -> None:
    first, second = axes
    assert second.image_id
    add(space, "one", near({0: 0.6}))
    add(space, "both", near({0: 0.6, 1: 0.5}))
    assert bands(find(terms=(first,)))["one"] == Band.GOOD
    liked = bands(find(terms=(first,), liked=(second.image_id,)))
    assert (liked["one"], liked["both"]) == (Band.WEAK, Band.STRONG)
    only_liked = bands(find(liked=(second.image_id,)))
    assert (only_liked["second"], only_liked["both"]) == (Band.STRONG, Band.WEAK)


def test_the_best_term_judges_its_hits(space: EmbeddingSpace) -> None:
    boat = encode.text_vector(space, "boat")
    other = unit(A - np.dot(A, boat) * boat)
    picture = Term(image_id=add(space, "picture", other).pk)
    rest = unit(B - np.dot(B, boat) * boat - np.dot(B, other) * other)
    for title, axis, similarity in (("text", boat, 0.45), ("like it", other, 0.46)):
        add(space, title, unit(similarity * axis + (1 - similarity**2) ** 0.5 * rest))
    # 0.45 is much for a text, and 0.46 little for a picture.
    query = SearchQuery(text="boat", terms=(picture,), combine=Combine.MAX, limit=1)
    first = search(query, AnonymousUser())
    second = search(dataclasses.replace(query, cursor=first.next), AnonymousUser())
    assert bands(first) | bands(second) == {"like it": Band.WEAK, "text": Band.STRONG}


@pytest.mark.parametrize("count", [1, 2])
def test_a_hub_is_no_answer(
    space: EmbeddingSpace, axes: tuple[Term, Term], fresh_thresholds: None, count: int
) -> None:
    """A picture that is near to every query, as the calibration of the gallery stores it."""
    hub = add(space, "hub", near({0: 0.65, 1: 0.65}))
    RelevanceCalibration.objects.create(
        space=space, query_kind="picture", weak=0.52, good=0.53, strong=0.64, rows=60, queries=60,
        hubs=[hub.pk], hub_offsets=[0.3],
    )  # fmt: skip
    page = find(terms=axes[:count])
    assert bands(page)["hub"] == Band.WEAK
    assert page.nothing_close
    add(space, "answer", near({0: 0.6, 1: 0.6}))
    page = find(terms=axes[:count])
    assert (bands(page)["hub"], bands(page)["answer"] == Band.WEAK) == (Band.WEAK, False)
    assert not page.nothing_close


def test_a_raw_vector_has_no_bands(space: EmbeddingSpace, axes: tuple[Term, Term]) -> None:
    raw = Term(vector=tuple(map(float, near({0: 1}))))
    for terms in ((raw,), (raw, axes[1])):
        page = find(terms=terms)
        assert set(bands(page).values()) == {None}
        assert not page.nothing_close


def test_words_of_one_term_are_not_enough(space: EmbeddingSpace, axes: tuple[Term, Term]) -> None:
    add(space, "boat", near({1: 0.5}))
    query = SearchQuery(text="boat", terms=axes[:1])
    assert bands(search(query, AnonymousUser()))["boat"] == Band.WEAK
    best = dataclasses.replace(query, combine=Combine.MAX)
    assert bands(search(best, AnonymousUser()))["boat"] == Band.STRONG


@pytest.mark.parametrize("combine", list(Combine))
def test_the_bands_continue_on_later_pages(
    space: EmbeddingSpace, axes: tuple[Term, Term], combine: Combine
) -> None:
    """The second page begins inside the window, the last one ends beyond it."""
    make_embedded(space, [near({0: part, 1: part}) for part in np.linspace(0, 0.69, 230)])
    pages, cursor = [], ""
    for _ in range(3):
        pages.append(find(terms=axes, combine=combine, limit=100, cursor=cursor))
        cursor = pages[-1].next
    whole = find(terms=axes, combine=combine, limit=200)
    expected = {hit.image.pk: hit.band for hit in whole.hits}
    assert {hit.image.pk: hit.band for page in pages[:2] for hit in page.hits} == expected
    assert set(expected.values()) == set(Band)
    assert {hit.band for hit in pages[2].hits} == {Band.WEAK}


@pytest.mark.parametrize("combine", list(Combine))
def test_by_date_only_relevant_hits_remain(
    space: EmbeddingSpace, axes: tuple[Term, Term], combine: Combine
) -> None:
    for year, similarity in ((2020, 0.6), (2022, 0.65), (2021, 0.6), (2023, 0.3)):
        taken = datetime(year, 1, 1, tzinfo=UTC)
        add(space, str(year), near({0: similarity, 1: similarity}), taken_at=taken)
    page = find(terms=axes, combine=combine, order=Order.NEWEST)
    assert list(bands(page)) == ["2022", "2021", "2020"]


@pytest.fixture
def demo(space: EmbeddingSpace) -> dict[str, Image]:
    return demo_pictures.show_named(
        space, "a-dog-on-a-beach", "a-dog-in-the-snow", "a-fox-in-the-snow", "a-cake-on-a-table",
        "a-castle-in-the-hills",
    )  # fmt: skip


def above(page: ResultPage) -> list[str]:
    return [hit.image.title for hit in page.hits if hit.band in (Band.STRONG, Band.GOOD)]


def test_a_picture_and_a_place(demo: dict[str, Image]) -> None:
    page = find(text="in the snow", terms=(Term(image_id=demo["a-dog-on-a-beach"].pk),))
    assert above(page) == ["a-dog-in-the-snow"]
    assert len(page.hits) == 4


def test_unknown_terms_have_no_close_match(demo: dict[str, Image]) -> None:
    noise = Term(picture=query_pictures.remember(demo_pictures.noise()))
    for combine in Combine:
        page = find(text=UNKNOWN, terms=(noise,), combine=combine)
        assert page.nothing_close
        assert above(page) == []


def test_feedback_keeps_the_bands(demo: dict[str, Image]) -> None:
    beach, snow = demo["a-dog-on-a-beach"], demo["a-dog-in-the-snow"]
    assert above(find(text="a dog", liked=(beach.pk,))) == [beach.title, snow.title]
    disliked = find(text="a dog", disliked=(demo["a-fox-in-the-snow"].pk,))
    assert set(above(disliked)) == {beach.title, snow.title}
    assert (
        bands(search(similar_to(beach.pk, liked=(snow.pk,)), AnonymousUser()))["a-cake-on-a-table"]
        == Band.WEAK
    )
