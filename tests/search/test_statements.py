"""The number of SQL statements of a search."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from gallery.changeover.choose import choose
from gallery.models import Image
from gallery.search.engine import search
from gallery.search.filters import ImageFilter
from gallery.search.query import SearchQuery, similar_to
from tests.builders import make_embedded, unit_vector

pytestmark = pytest.mark.django_db
ANYBODY = AnonymousUser()
TEXT = SearchQuery(text="picture", limit=20)
FILTERED = SearchQuery(
    text="picture", conditions=ImageFilter(formats=("png",)), phrases=("a picture",), limit=20
)


@pytest.fixture
def images(db: None) -> list[Image]:
    """More images than one window has."""
    space = choose("builtin")
    fields = {"title": "A picture", "format": "png", "width": 30, "height": 20}
    images = make_embedded(space, [unit_vector(seed) for seed in range(230)], **fields)
    for query in (TEXT, similar_to(images[0].pk)):
        search(query, ANYBODY)  # Loads the encoder, and reads the thresholds for a while.
    return images


@pytest.mark.parametrize("query", [TEXT, FILTERED])
def test_a_search_by_text_has_four_statements(
    images: list[Image], query: SearchQuery, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(4):
        hits = search(query, ANYBODY).hits
        assert [hit.image.owner for hit in hits] == [None] * 20


def test_similar_images_need_four_statements(
    images: list[Image], django_assert_max_num_queries: Any
) -> None:
    query = similar_to(images[0].pk, with_vector=True)
    with django_assert_max_num_queries(4):
        assert len(search(query, ANYBODY).hits) == 24


def test_the_next_page_needs_two_statements(
    images: list[Image], django_assert_max_num_queries: Any
) -> None:
    following = dataclasses.replace(TEXT, cursor=search(TEXT, ANYBODY).next)
    with django_assert_max_num_queries(2):
        assert len(search(following, ANYBODY).hits) == 20


def test_a_page_beyond_the_window_needs_four_statements(
    images: list[Image], django_assert_max_num_queries: Any
) -> None:
    query = dataclasses.replace(TEXT, limit=195)
    following = dataclasses.replace(query, cursor=search(query, ANYBODY).next)
    with django_assert_max_num_queries(4):
        assert len(search(following, ANYBODY).hits) == 35
