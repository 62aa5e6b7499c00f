from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gallery.changeover import drop
from gallery.core.dispatch import Stage
from gallery.models import EmbeddingSpace, IndexBuild, SpaceBackfill
from gallery.models.locks import Lock
from gallery.operations import index_keeper
from tests.builders import make_backfill, make_embedding, make_image, make_space, unit_vector
from tests.other_session import held_elsewhere

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def spaces(gallery_setting: Any) -> Iterator[dict[str, EmbeddingSpace]]:
    """An active space and one being backfilled, each with enough vectors for an index."""
    gallery_setting(index_min_rows=3)
    rows = {"old": make_space(encoder="old"), "new": make_space(encoder="new", active=False)}
    make_backfill(EmbeddingSpace.objects.get(encoder="new"))
    for number in range(3):
        image = make_image()
        for space in rows.values():
            make_embedding(image, space, unit_vector(number))
    yield rows
    for space in EmbeddingSpace.objects.all():
        index_keeper.drop(space)


def indexed() -> set[str]:
    return set(IndexBuild.objects.values_list("space__encoder", flat=True))


def test_an_incomplete_space_is_not_indexed(
    spaces: dict[str, EmbeddingSpace],
) -> None:
    index_keeper.keep()
    assert indexed() == {"old"}
    assert index_keeper.keep() is None


def test_a_complete_space_is_indexed_before_the_switch(spaces: dict[str, EmbeddingSpace]) -> None:
    SpaceBackfill.objects.update(completed_at="2026-11-21T00:00Z")
    index_keeper.keep()
    assert indexed() == {"old", "new"}


def test_the_builder_hints_the_backfill(
    spaces: dict[str, EmbeddingSpace], monkeypatch: pytest.MonkeyPatch
) -> None:
    SpaceBackfill.objects.update(completed_at="2026-11-21T00:00Z")
    stages: list[Stage] = []
    monkeypatch.setattr(index_keeper, "hint", stages.append)
    with held_elsewhere(Lock.BUILD_INDEX):
        index_keeper.keep()
    assert (stages, indexed()) == ([], set())
    index_keeper.keep()
    index_keeper.keep()
    assert stages == [Stage.BACKFILL]


def test_a_dropped_space_loses_its_index(spaces: dict[str, EmbeddingSpace]) -> None:
    SpaceBackfill.objects.update(completed_at="2026-11-21T00:00Z")
    index_keeper.keep()
    drop.drop(spaces["new"])
    index_keeper.keep()
    assert indexed() == {"old"}
    assert list(EmbeddingSpace.objects.values_list("encoder", flat=True)) == ["old"]
