from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gallery.core.dispatch import Stage
from gallery.embeddings import drop
from gallery.models import EmbeddingSpace, IndexBuild
from gallery.operations import index_keeper
from tests.builders import make_embedding, make_image, make_space, unit_vector

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def spaces(gallery_setting: Any) -> Iterator[dict[str, EmbeddingSpace]]:
    """One that answers and one that is being filled, each with enough vectors for an index."""
    gallery_setting(index_min_rows=3)
    made = {"old": make_space(encoder="old"), "new": make_space(encoder="new", active=False)}
    EmbeddingSpace.objects.filter(encoder="new").update(fill="running")
    for number in range(3):
        image = make_image()
        for space in made.values():
            make_embedding(image, space, unit_vector(number))
    yield made
    for space in EmbeddingSpace.objects.all():
        index_keeper.drop(space)


def indexed() -> set[str]:
    return set(IndexBuild.objects.values_list("space__encoder", flat=True))


def test_the_active_space_is_indexed_and_one_that_is_half_full_is_not(
    spaces: dict[str, EmbeddingSpace],
) -> None:
    index_keeper.keep()
    assert indexed() == {"old"}
    assert index_keeper.keep() is None


def test_a_full_space_is_indexed_before_it_answers(spaces: dict[str, EmbeddingSpace]) -> None:
    EmbeddingSpace.objects.filter(encoder="new").update(full_at="2026-11-21T00:00Z")
    index_keeper.keep()
    assert indexed() == {"old", "new"}


def test_only_the_keeper_that_built_the_index_says_that_it_stands(
    spaces: dict[str, EmbeddingSpace], monkeypatch: pytest.MonkeyPatch
) -> None:
    EmbeddingSpace.objects.filter(encoder="new").update(full_at="2026-11-21T00:00Z")
    said: list[Stage] = []
    monkeypatch.setattr(index_keeper, "hint", said.append)
    build = index_keeper.rebuild
    monkeypatch.setattr(index_keeper, "rebuild", lambda space: None)  # another one is at it
    index_keeper.keep()
    assert said == []
    monkeypatch.setattr(index_keeper, "rebuild", build)
    index_keeper.keep()
    index_keeper.keep()
    assert said == [Stage.FILL]


def test_a_space_that_was_given_up_goes_with_its_index(spaces: dict[str, EmbeddingSpace]) -> None:
    EmbeddingSpace.objects.filter(encoder="new").update(full_at="2026-11-21T00:00Z")
    index_keeper.keep()
    drop.drop(spaces["new"])
    index_keeper.keep()
    assert indexed() == {"old"}
    assert list(EmbeddingSpace.objects.values_list("encoder", flat=True)) == ["old"]
