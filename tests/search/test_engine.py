import uuid
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User

from gallery.core.errors import EncoderUnavailable, InvalidInput, NotFound
from gallery.models import EmbeddingSpace, Image, State, Visibility
from gallery.search.engine import search
from gallery.search.query import SearchQuery, Term, similar_to
from tests.builders import make_embedding, make_image, make_space, unit, unit_vector

pytestmark = pytest.mark.django_db


@pytest.fixture
def space() -> EmbeddingSpace:
    return make_space()


@pytest.fixture
def reference(space: EmbeddingSpace, owner: User) -> Image:
    image = make_image(owner)
    make_embedding(image, space, unit_vector(0))
    return image


def near(space: EmbeddingSpace, weight: float, **fields: Any) -> Image:
    """An image whose similarity to unit_vector(0) grows with ``weight``."""
    image = make_image(**fields)
    other = unit_vector(1 + image.pk.int % 98)
    make_embedding(image, space, unit(unit_vector(0) * weight + other))
    return image


def ids(query: SearchQuery, user: User | AnonymousUser) -> list[uuid.UUID]:
    return [hit.image.pk for hit in search(query, user).hits]


def test_similar_images_come_best_first(
    space: EmbeddingSpace, reference: Image, anonymous: AnonymousUser
) -> None:
    far, close = near(space, 0.5), near(space, 5)
    assert ids(similar_to(reference.pk), anonymous) == [close.pk, far.pk]


def test_the_image_itself_does_not_use_the_limit(
    space: EmbeddingSpace, reference: Image, anonymous: AnonymousUser
) -> None:
    for _ in range(4):
        near(space, 1)
    assert len(ids(similar_to(reference.pk, limit=3), anonymous)) == 3


def test_hits_below_the_minimum_similarity_are_left_out(
    space: EmbeddingSpace, reference: Image, anonymous: AnonymousUser
) -> None:
    near(space, 0.1)
    close = near(space, 9)
    query = SearchQuery(terms=(Term(image_id=reference.pk),), min_similarity=0.9)
    assert ids(query, anonymous) == [close.pk]


def test_similarity_is_the_cosine(
    space: EmbeddingSpace, reference: Image, anonymous: AnonymousUser
) -> None:
    twin = make_image()
    make_embedding(twin, space, unit_vector(0))
    (hit,) = search(similar_to(reference.pk), anonymous).hits
    assert hit.similarity == pytest.approx(1.0, abs=1e-4)


def test_private_images_of_others_are_never_found(
    space: EmbeddingSpace, reference: Image, stranger: User, owner: User
) -> None:
    hidden = near(space, 5, owner=owner, visibility=Visibility.PRIVATE)
    query = similar_to(reference.pk)
    assert ids(query, stranger) == []
    assert ids(query, owner) == [hidden.pk]


def test_a_hidden_image_looks_like_a_missing_one(
    space: EmbeddingSpace, stranger: User, owner: User
) -> None:
    hidden = near(space, 5, owner=owner, visibility=Visibility.PRIVATE)
    with pytest.raises(NotFound) as seen:
        search(similar_to(hidden.pk), stranger)
    with pytest.raises(NotFound) as absent:
        search(similar_to(uuid.uuid4()), stranger)
    assert seen.value.message == absent.value.message


def test_an_image_without_a_vector_is_pending(
    space: EmbeddingSpace, reference: Image, anonymous: AnonymousUser
) -> None:
    waiting = make_image(state=State.STORED)
    page = search(similar_to(waiting.pk), anonymous)
    assert (page.hits, page.pending) == ([], 1)


@pytest.mark.parametrize(
    "query",
    [
        SearchQuery(),
        SearchQuery(text="   "),
        SearchQuery(text="x" * 513),
        SearchQuery(text="a cat", limit=0),
        SearchQuery(text="a cat", limit=10**9),
        SearchQuery(text="a cat", min_similarity=float("nan")),
        SearchQuery(text="a cat", min_similarity=2),
    ],
)
def test_an_invalid_query_is_rejected(query: SearchQuery, anonymous: AnonymousUser) -> None:
    make_space()
    with pytest.raises(InvalidInput):
        search(query, anonymous)


def test_without_an_encoder_the_search_fails(anonymous: AnonymousUser) -> None:
    with pytest.raises(EncoderUnavailable):
        search(SearchQuery(text="a cat"), anonymous)


def test_an_expired_query_picture_is_not_found(anonymous: AnonymousUser) -> None:
    make_space()
    with pytest.raises(NotFound, match="expired"):
        search(SearchQuery(terms=(Term(picture="no-such-key"),)), anonymous)
