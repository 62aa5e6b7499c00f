import uuid
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User

from gallery.core.errors import EncoderUnavailable, InvalidInput, NotFound
from gallery.models import EmbeddingSpace, Image, State, Visibility
from gallery.search.engine import search
from gallery.search.query import SearchQuery
from tests.builders import make_embedding, make_image, make_space, unit, unit_vector

pytestmark = pytest.mark.django_db


@pytest.fixture
def space() -> EmbeddingSpace:
    return make_space()


@pytest.fixture
def asked(space: EmbeddingSpace, owner: User) -> Image:
    image = make_image(owner)
    make_embedding(image, space, unit_vector(0))
    return image


def near(space: EmbeddingSpace, closeness: float, **fields: Any) -> Image:
    """An image whose similarity to unit_vector(0) grows with ``closeness``."""
    image = make_image(**fields)
    other = unit_vector(1 + image.pk.int % 98)
    make_embedding(image, space, unit(unit_vector(0) * closeness + other))
    return image


def ids(query: SearchQuery, user: User | AnonymousUser) -> list[uuid.UUID]:
    return [hit.image.pk for hit in search(query, user).hits]


def test_similar_images_come_best_first_without_the_image_itself(
    space: EmbeddingSpace, asked: Image, anonymous: AnonymousUser
) -> None:
    far, close = near(space, 0.5), near(space, 5)
    assert ids(SearchQuery(image_id=asked.pk), anonymous) == [close.pk, far.pk]


def test_the_limit_is_filled_although_the_image_itself_is_left_out(
    space: EmbeddingSpace, asked: Image, anonymous: AnonymousUser
) -> None:
    for _ in range(4):
        near(space, 1)
    assert len(ids(SearchQuery(image_id=asked.pk, limit=3), anonymous)) == 3


def test_hits_below_the_minimum_similarity_are_left_out(
    space: EmbeddingSpace, asked: Image, anonymous: AnonymousUser
) -> None:
    near(space, 0.1)
    close = near(space, 9)
    query = SearchQuery(image_id=asked.pk, min_similarity=0.9)
    assert ids(query, anonymous) == [close.pk]


def test_similarity_is_the_cosine(
    space: EmbeddingSpace, asked: Image, anonymous: AnonymousUser
) -> None:
    twin = make_image()
    make_embedding(twin, space, unit_vector(0))
    (hit,) = search(SearchQuery(image_id=asked.pk), anonymous).hits
    assert hit.similarity == pytest.approx(1.0, abs=1e-4)


def test_private_images_of_others_are_never_found(
    space: EmbeddingSpace, asked: Image, stranger: User, owner: User
) -> None:
    hidden = near(space, 5, owner=owner, visibility=Visibility.PRIVATE)
    query = SearchQuery(image_id=asked.pk)
    assert ids(query, stranger) == []
    assert ids(query, owner) == [hidden.pk]


def test_asking_by_an_image_one_may_not_see_is_like_asking_by_one_that_does_not_exist(
    space: EmbeddingSpace, stranger: User, owner: User
) -> None:
    hidden = near(space, 5, owner=owner, visibility=Visibility.PRIVATE)
    with pytest.raises(NotFound) as seen:
        search(SearchQuery(image_id=hidden.pk), stranger)
    with pytest.raises(NotFound) as absent:
        search(SearchQuery(image_id=uuid.uuid4()), stranger)
    assert seen.value.message == absent.value.message


def test_an_image_that_is_not_embedded_yet_has_no_neighbours_and_is_counted_as_pending(
    space: EmbeddingSpace, asked: Image, anonymous: AnonymousUser
) -> None:
    waiting = make_image(state=State.STORED)
    page = search(SearchQuery(image_id=waiting.pk), anonymous)
    assert (page.hits, page.pending) == ([], 1)


@pytest.mark.parametrize(
    "query",
    [
        SearchQuery(),
        SearchQuery(text="   "),
        SearchQuery(text="a cat", image_id=uuid.uuid4()),
        SearchQuery(text="x" * 513),
        SearchQuery(text="a cat", limit=0),
        SearchQuery(text="a cat", limit=10**9),
        SearchQuery(text="a cat", min_similarity=float("nan")),
        SearchQuery(text="a cat", min_similarity=2),
    ],
)
def test_a_question_that_is_none_is_refused(query: SearchQuery, anonymous: AnonymousUser) -> None:
    make_space()
    with pytest.raises(InvalidInput):
        search(query, anonymous)


def test_without_a_chosen_encoder_the_reason_is_given(anonymous: AnonymousUser) -> None:
    with pytest.raises(EncoderUnavailable):
        search(SearchQuery(text="a cat"), anonymous)


def test_a_query_picture_that_has_expired_says_so(anonymous: AnonymousUser) -> None:
    make_space()
    with pytest.raises(NotFound, match="expired"):
        search(SearchQuery(picture="no-such-key"), anonymous)
