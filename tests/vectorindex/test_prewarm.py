from __future__ import annotations

from collections.abc import Iterator

import pytest

from gallery.models import EmbeddingSpace
from gallery.vectorindex import build
from gallery.vectorindex.prewarm import prewarm
from tests.builders import build_index, make_embedding, make_image, make_space, unit_vector

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def space() -> Iterator[EmbeddingSpace]:
    space = make_space()
    for number in range(5):
        make_embedding(make_image(), space, unit_vector(number))
    yield space
    build.drop(space)


def test_each_index_is_loaded_once(space: EmbeddingSpace) -> None:
    index = build_index(space, lists=2, effort=1)
    assert prewarm(index)
    assert not prewarm(index)
    assert prewarm(build_index(space, lists=2, effort=1))
