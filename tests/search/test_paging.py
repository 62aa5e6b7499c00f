"""Pages of a search repeat and miss no image, however deep and whatever happens in between."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.cache import cache

from gallery.core.errors import BadCursor, NotFound
from gallery.models import EmbeddingSpace, Image, Visibility
from gallery.search.engine import search
from gallery.search.filters import ImageFilter
from gallery.search.query import Combine, Order, ResultPage, SearchQuery, Term
from tests.builders import (
    make_embedded,
    make_image,
    make_index,
    make_space,
    unit,
    unit_vector,
)

pytestmark = pytest.mark.django_db
VECTOR = tuple(map(float, unit_vector(0)))
BY_VECTOR = SearchQuery(terms=(Term(vector=VECTOR),), limit=100)
ANYBODY = AnonymousUser()


@pytest.fixture
def space() -> EmbeddingSpace:
    return make_space()


def scattered(count: int, seed: int) -> list[npt.NDArray[np.float32]]:
    """Vectors at different distances from the query."""
    rows = np.random.default_rng(seed).standard_normal((count, 512))
    parts = np.linspace(0, 20, count)
    return [unit(row + part * unit_vector(0)) for row, part in zip(rows, parts, strict=True)]


def pages_of(query: SearchQuery, user: User | AnonymousUser = ANYBODY) -> Iterator[ResultPage]:
    for _ in range(40):
        page = search(query, user)
        yield page
        if not page.next:
            return
        query = dataclasses.replace(query, cursor=page.next)
    pytest.fail("the pages do not end")


def ids(page: ResultPage) -> list[uuid.UUID]:
    return [hit.image.pk for hit in page.hits]


def second_page(query: SearchQuery, user: User | AnonymousUser = ANYBODY) -> ResultPage:
    cursor = search(query, user).next
    return search(dataclasses.replace(query, cursor=cursor), user)


def test_all_images_are_reached_in_order(space: EmbeddingSpace) -> None:
    images = make_embedded(space, scattered(1050, seed=1))
    shown = [hit for page in pages_of(BY_VECTOR) for hit in page.hits]
    assert {hit.image.pk for hit in shown} == {image.pk for image in images}
    assert len(shown) == len(images)
    similarities = [hit.similarity or 0 for hit in shown]
    assert similarities == sorted(similarities, reverse=True)


def test_new_images_cause_no_repeats_or_gaps(space: EmbeddingSpace) -> None:
    images = make_embedded(space, scattered(1050, seed=1))
    shown: list[uuid.UUID] = []
    for number, page in enumerate(pages_of(BY_VECTOR)):
        shown += ids(page)
        if number < 10:
            make_embedded(space, scattered(30, seed=100 + number))
    assert len(shown) == len(set(shown))
    assert {image.pk for image in images} <= set(shown)


def test_deleted_images_are_replaced_by_following_ones(space: EmbeddingSpace) -> None:
    make_embedded(space, scattered(40, seed=1))
    query = dataclasses.replace(BY_VECTOR, limit=10)
    first, second, *_ = pages_of(query)
    Image.objects.filter(pk__in=ids(second)[:4]).delete()
    again = search(dataclasses.replace(query, cursor=first.next), ANYBODY)
    assert len(again.hits) == 10
    assert ids(again)[:6] == ids(second)[4:]


def test_an_image_made_private_disappears(space: EmbeddingSpace, owner: User) -> None:
    make_embedded(space, scattered(40, seed=1), owner=owner)
    query = dataclasses.replace(BY_VECTOR, limit=20)
    first, second = pages_of(query)
    Image.objects.filter(pk=ids(second)[0]).update(visibility=Visibility.PRIVATE)
    again = search(dataclasses.replace(query, cursor=first.next), ANYBODY)
    assert ids(again) == ids(second)[1:]


def test_a_hidden_query_image_ends_the_pages(space: EmbeddingSpace, owner: User) -> None:
    images = make_embedded(space, scattered(50, seed=1), owner=owner)
    query = SearchQuery(terms=(Term(image_id=images[0].pk),), limit=10)
    cursor = search(query, ANYBODY).next
    Image.objects.filter(pk=images[0].pk).update(visibility=Visibility.PRIVATE)
    with pytest.raises(NotFound):
        search(dataclasses.replace(query, cursor=cursor), ANYBODY)


@pytest.mark.parametrize("limit", [2, 100])
def test_a_total_is_never_below_what_is_shown(space: EmbeddingSpace, limit: int) -> None:
    make_index(space, rows=1_000_000)
    for _ in range(5):
        make_image(camera="FUJIFILM X100V")
    query = SearchQuery(conditions=ImageFilter(camera="x100"), limit=limit)
    pages = list(pages_of(query))
    shown = [sum(len(page.hits) for page in pages[: number + 1]) for number in range(len(pages))]
    assert (shown[-1], pages[-1].total.count, pages[-1].total.exact) == (5, 5, True)
    assert all(page.total.count > count for page, count in zip(pages[:-1], shown, strict=False))


def test_a_page_may_have_another_size(space: EmbeddingSpace) -> None:
    make_embedded(space, scattered(30, seed=1))
    complete = ids(search(BY_VECTOR, ANYBODY))
    first = search(dataclasses.replace(BY_VECTOR, limit=7), ANYBODY)
    rest = search(dataclasses.replace(BY_VECTOR, cursor=first.next), ANYBODY)
    assert ids(first) + ids(rest) == complete


def test_the_last_page_has_no_cursor(space: EmbeddingSpace) -> None:
    make_embedded(space, scattered(20, seed=1))
    assert [len(page.hits) for page in pages_of(dataclasses.replace(BY_VECTOR, limit=10))] == [
        10
    ] * 2


def test_the_minimum_similarity_ends_the_pages(space: EmbeddingSpace) -> None:
    make_embedded(space, scattered(400, seed=1))
    query = dataclasses.replace(BY_VECTOR, min_similarity=0.3)
    hits = [hit for page in pages_of(query) for hit in page.hits]
    every = [hit for page in pages_of(BY_VECTOR) for hit in page.hits]
    assert len(hits) == sum((hit.similarity or 0) >= 0.3 for hit in every) > 200


def test_the_best_of_several_terms_is_paged(space: EmbeddingSpace) -> None:
    make_embedded(space, scattered(300, seed=1))
    other = tuple(map(float, -unit_vector(0)))
    terms = (Term(vector=VECTOR), Term(vector=other))
    query = SearchQuery(terms=terms, combine=Combine.MAX, limit=100)
    hits = [hit for page in pages_of(query) for hit in page.hits]
    similarities = [hit.similarity or 0 for hit in hits]
    assert len({hit.image.pk for hit in hits}) == 300
    assert similarities == sorted(similarities, reverse=True)
    assert min(similarities) >= 0


@pytest.mark.parametrize("order", [Order.NEWEST, Order.OLDEST])
def test_pages_by_date_are_complete(space: EmbeddingSpace, order: Order) -> None:
    images = make_embedded(space, scattered(50, seed=1))
    query = dataclasses.replace(BY_VECTOR, order=order, limit=20)
    shown = [key for page in pages_of(query) for key in ids(page)]
    assert sorted(shown) == sorted(image.pk for image in images)


class TestCursors:
    def reason(self, query: SearchQuery, user: User | AnonymousUser = ANYBODY) -> str:
        with pytest.raises(BadCursor) as error:
            search(query, user)
        assert error.value.data["field"] == "cursor"
        return str(error.value.data["reason"])

    @pytest.fixture
    def continued(self, space: EmbeddingSpace) -> SearchQuery:
        make_embedded(space, scattered(30, seed=1))
        query = dataclasses.replace(BY_VECTOR, limit=10)
        return dataclasses.replace(query, cursor=search(query, ANYBODY).next)

    @pytest.mark.parametrize("text", ["x", "eyJxIjoiIn0:AAAA", "\0", "é", "a" * 10_000, ":"])
    def test_a_forged_cursor_is_refused(self, continued: SearchQuery, text: str) -> None:
        assert self.reason(dataclasses.replace(continued, cursor=text)) == "not_valid"

    def test_a_changed_cursor_is_refused(self, continued: SearchQuery) -> None:
        changed = continued.cursor[::-1]
        assert self.reason(dataclasses.replace(continued, cursor=changed)) == "not_valid"

    def test_a_cursor_of_another_search_is_refused(self, continued: SearchQuery) -> None:
        other = dataclasses.replace(continued, min_similarity=-0.5)
        assert self.reason(other) == "other_search"

    def test_a_cursor_of_another_person_is_refused(
        self, continued: SearchQuery, stranger: User
    ) -> None:
        assert self.reason(continued, stranger) == "other_search"

    def test_a_cursor_expires(self, continued: SearchQuery) -> None:
        cache.clear()
        assert self.reason(continued) == "expired"

    def test_a_cursor_of_another_space_expires(
        self, continued: SearchQuery, space: EmbeddingSpace
    ) -> None:
        EmbeddingSpace.objects.update(active=False)
        make_space(encoder="another")
        assert self.reason(continued) == "expired"
