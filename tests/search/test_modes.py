"""Words, meaning or both; order by date; near-duplicates; what happens without an encoder."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import UTC, datetime

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser, User

from gallery.changeover.choose import choose
from gallery.core.errors import EncoderUnavailable
from gallery.embeddings import encode
from gallery.models import EmbeddingSpace, Image
from gallery.search.engine import relevant_images, search
from gallery.search.filters import ImageFilter
from gallery.search.paging import totals
from gallery.search.query import Band, Mode, Order, Reason, ResultPage, SearchQuery, Term
from gallery.search.window import Window
from tests.builders import (
    make_embedded,
    make_embedding,
    make_image,
    make_index,
    make_space,
    unit,
    unit_vector,
)

pytestmark = pytest.mark.django_db
A, B = unit_vector(1), unit_vector(2)
BY_A = (Term(vector=tuple(map(float, A))),)
# No model has this name, so there is no encoder.
MISSING = "no-such-model"


def find(query: SearchQuery, user: User | AnonymousUser | None = None) -> ResultPage:
    return search(query, user or AnonymousUser())


def titles(page: ResultPage) -> list[str]:
    return [hit.image.title for hit in page.hits]


@pytest.fixture
def boats(db: None) -> EmbeddingSpace:
    space = make_space(encoder=MISSING)
    for title, vector in (("A red boat", A), ("A tree", unit(A + B)), ("boat", B)):
        make_embedding(make_image(title=title), space, vector)
    return space


def test_words_alone_need_no_encoder(boats: EmbeddingSpace) -> None:
    page = find(SearchQuery(text="boat", mode=Mode.WORDS))
    assert titles(page) == ["boat", "A red boat"]
    assert not page.meaning_unavailable
    assert [hit.similarity for hit in page.hits] == [None, None]
    assert (page.total.count, page.total.exact) == (2, True)


def test_words_alone_need_no_space(db: None) -> None:
    make_image(title="boat")
    assert titles(find(SearchQuery(text="boat", mode=Mode.WORDS))) == ["boat"]


def test_words_answer_while_the_encoder_is_missing(boats: EmbeddingSpace) -> None:
    page = find(SearchQuery(text="boat"))
    assert titles(page) == ["boat", "A red boat"]
    assert page.meaning_unavailable


@pytest.mark.parametrize(
    "query", [SearchQuery(text="boat", mode=Mode.MEANING), SearchQuery(text="castle")]
)
def test_without_encoder_and_words_the_search_fails(
    boats: EmbeddingSpace, query: SearchQuery
) -> None:
    with pytest.raises(EncoderUnavailable):
        find(query)


def test_an_exact_title_is_a_strong_hit(boats: EmbeddingSpace) -> None:
    hit = find(SearchQuery(text="a red boat", mode=Mode.WORDS)).hits[0]
    assert (hit.band, hit.reasons) == (Band.STRONG, (Reason.TITLE,))


def test_phrases_and_excluded_words_are_conditions(boats: EmbeddingSpace) -> None:
    assert titles(find(SearchQuery(terms=BY_A, phrases=("red boat",)))) == ["A red boat"]
    page = find(SearchQuery(terms=BY_A, excluded_words=("boat",)))
    assert titles(page) == ["A tree"]
    assert page.total.count == 1


def test_a_filter_is_applied_inside_the_search(boats: EmbeddingSpace, owner: User) -> None:
    make_embedding(make_image(owner, title="mine"), boats, -A)
    query = SearchQuery(terms=BY_A, conditions=ImageFilter(own=True))
    assert titles(find(query, owner)) == ["mine"]


def test_conditions_alone_list_newest_first(db: None) -> None:
    for year in (2021, 2023, 2022):
        make_image(title=str(year), taken_at=datetime(year, 1, 1, tzinfo=UTC), format="jpeg")
    make_image(title="other")
    conditions = ImageFilter(formats=("jpeg",))
    page = find(SearchQuery(conditions=conditions, limit=2))
    assert titles(page) == ["2023", "2022"]
    assert (page.total.count, page.total.exact) == (3, True)
    following = SearchQuery(conditions=conditions, limit=2, cursor=page.next)
    assert titles(find(following)) == ["2021"]
    oldest = SearchQuery(conditions=conditions, order=Order.OLDEST)
    assert titles(find(oldest)) == ["2021", "2022", "2023"]


@pytest.mark.parametrize(("order", "first"), [(Order.NEWEST, "2023"), (Order.OLDEST, "2021")])
def test_hits_are_ordered_by_date(db: None, order: Order, first: str) -> None:
    space = make_space()
    for year in (2022, 2021, 2023):
        image = make_image(title=str(year), taken_at=datetime(year, 1, 1, tzinfo=UTC))
        make_embedding(image, space, A)
    assert titles(find(SearchQuery(terms=BY_A, order=order)))[0] == first


def test_near_duplicates_become_one_hit(db: None) -> None:
    space = make_space()
    almost = [unit(A + 0.1 * unit_vector(seed)) for seed in range(10, 14)]
    make_embedded(space, [*almost, unit(A + B), B])
    page = find(SearchQuery(terms=BY_A, fold=True))
    assert [hit.copies for hit in page.hits] == [3, 0, 0]
    assert all(hit.copies == 0 for hit in find(SearchQuery(terms=BY_A)).hits)


def test_folding_by_date_counts_relevant_images(db: None) -> None:
    space = choose("builtin")
    boat = encode.text_vector(space, "boat")
    make_embedding(make_image(title="boat"), space, boat)
    make_embedded(space, [unit(boat + 0.1 * A), -boat, unit(-boat + 0.1 * A)])
    page = find(SearchQuery(text="boat", order=Order.NEWEST, fold=True))
    assert [hit.copies for hit in page.hits] == [1]
    assert (page.total.count, page.total.exact) == (2, True)


def test_folded_images_do_not_return_later(db: None) -> None:
    space = make_space()
    rows = np.random.default_rng(1000).standard_normal((260, 512))
    make_embedded(space, [unit(A + 0.1 * unit_vector(seed)) for seed in range(10, 14)])
    make_embedded(space, [unit(row + 3 * A) for row in rows])
    first = find(SearchQuery(terms=BY_A, fold=True, limit=200))
    second = find(SearchQuery(terms=BY_A, fold=True, limit=200, cursor=first.next))
    shown = [hit.image.pk for hit in (*first.hits, *second.hits)]
    assert len(shown) == len(set(shown)) == 261


def test_a_page_of_many_copies_is_full(db: None) -> None:
    space = make_space()
    near = np.random.default_rng(1).standard_normal((205, 512))
    make_embedded(space, [unit(0.01 * unit(row) + A) for row in near])
    make_embedded(space, [unit(unit_vector(seed) + A) for seed in range(10, 240)])
    first = find(SearchQuery(terms=BY_A, fold=True))
    assert (len(first.hits), first.hits[0].copies, first.total.exact) == (24, 199, True)
    shown = [hit.image.pk for hit in first.hits]
    while first.next:
        first = find(SearchQuery(terms=BY_A, fold=True, cursor=first.next))
        shown += [hit.image.pk for hit in first.hits]
    assert len(shown) == len(set(shown)) == 1 + 5 + 230


def test_words_find_what_the_meaning_ranks_low(db: None) -> None:
    space = choose("builtin")
    far = make_image(title="Zanzibar")
    make_embedding(far, space, -encode.text_vector(space, "zanzibar"))
    make_embedded(space, [unit_vector(seed) for seed in range(210)])
    query = SearchQuery(text="zanzibar", limit=3)
    hit = find(query).hits[0]
    assert (hit.image, hit.reasons) == (far, (Reason.TITLE,))
    assert hit.similarity == pytest.approx(-1.0, abs=1e-3)
    similar_only = dataclasses.replace(query, min_similarity=-0.5)
    assert far not in [hit.image for hit in find(similar_only).hits]
    none = find(dataclasses.replace(query, min_similarity=0.99))
    assert (none.hits, none.total.count, none.total.exact) == ([], 0, True)


def test_a_total_is_estimated_from_a_sample(db: None) -> None:
    space, window = make_space(), Window((), complete=False)
    make_index(space, rows=100_000)
    for number in range(8):
        make_image(id=uuid.UUID(int=(number << 123) + number))
    images = totals.countable(Image.objects.all(), space)
    total = totals.total_of(window, images.count(), space)
    # One of the eight keys is among the first 64th of all possible keys.
    assert (total.count, total.exact) == (64, False)


def test_only_the_count_of_a_sample_is_kept(db: None) -> None:
    space, images = make_space(), Image.objects.all()
    totals.keep_sample(images, space, 3)
    assert totals.recent_sample(images, space) is None
    make_index(space, rows=100_000)
    totals.keep_sample(images, space, 3)
    assert totals.recent_sample(images, space) == 3
    assert totals.recent_sample(Image.objects.filter(title="x"), space) is None


def test_a_total_may_be_a_lower_bound(db: None) -> None:
    space = make_space()
    images = make_embedded(space, [unit_vector(seed) for seed in range(250)])
    page = find(SearchQuery(terms=BY_A, limit=5))
    assert (page.total.count, page.total.exact) == (len(images), True)
    close = find(SearchQuery(terms=BY_A, limit=5, min_similarity=-1.0))
    assert (close.total.count, close.total.exact) == (200, False)


def test_relevant_images_are_those_of_all_pages(boats: EmbeddingSpace) -> None:
    query = SearchQuery(terms=BY_A, limit=1)
    relevant = relevant_images(query, AnonymousUser())
    assert set(relevant.images) == set(Image.objects.all())
    assert relevant.complete
    again = dataclasses.replace(query, cursor=find(query).next)
    assert set(relevant_images(again, AnonymousUser()).images) == set(relevant.images)


def test_relevant_images_are_similar_enough(boats: EmbeddingSpace) -> None:
    query = SearchQuery(terms=BY_A, min_similarity=0.5)
    relevant = relevant_images(query, AnonymousUser())
    assert set(relevant.images) == {hit.image for hit in find(query).hits}
