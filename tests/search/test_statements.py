"""The number of SQL queries of a search."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from gallery.search.engine import search
from gallery.search.query import similar_to
from tests.builders import make_embedding, make_image, make_space, unit_vector

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [2, 30])
def test_the_number_of_queries_is_constant(
    count: int, anonymous: AnonymousUser, django_assert_max_num_queries: Any
) -> None:
    space = make_space()
    images = [make_image() for _ in range(count)]
    for seed, image in enumerate(images):
        make_embedding(image, space, unit_vector(seed))
    search(similar_to(images[0].pk), anonymous)  # reads the thresholds, for a while
    with django_assert_max_num_queries(7):
        hits = search(similar_to(images[0].pk, limit=50), anonymous).hits
        assert [hit.image.owner for hit in hits] == [None] * (count - 1)
