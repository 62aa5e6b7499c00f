"""Which cosines count as answers is measured in the gallery, and again when it changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from gallery.changeover.choose import choose
from gallery.core.query_kind import QueryKind
from gallery.models import EmbeddingSpace, Image, RelevanceCalibration
from gallery.models.locks import Lock
from gallery.operations import relevance_keeper
from gallery.search import relevance
from gallery.search.calibration import background
from gallery.search.engine import search
from gallery.search.query import ResultPage, SearchQuery
from tests.builders import make_embedding, make_image, unit, unit_vector
from tests.other_session import held_elsewhere
from tests.search import demo_pictures

pytestmark = pytest.mark.django_db

MEANINGLESS = (
    "asdfghjkl", "qwertyuiop", "xkcd zzzt", "monetary policy", "habeas corpus", "hermeneutics",
    "季度税务报告", "宏观经济政策", "股权激励", "Immanuel Kant", "jbxqvlt",
)  # fmt: skip


@pytest.fixture(autouse=True)
def fresh_thresholds() -> Iterator[None]:
    relevance.forget()
    yield
    relevance.forget()


@pytest.fixture
def space() -> EmbeddingSpace:
    return choose("builtin")


def show_vectors(space: EmbeddingSpace, count: int) -> list[Image]:
    """Rows with random vectors."""
    images = [make_image() for _ in range(count)]
    for image in images:
        make_embedding(image, space, unit_vector(image.pk.int % 2**32))
    return images


def find(text: str) -> ResultPage:
    return search(SearchQuery(text=text), AnonymousUser())


def not_close(texts: tuple[str, ...]) -> list[str]:
    return [text for text in texts if find(text).nothing_close]


def test_noise_does_not_answer_meaningless_queries(space: EmbeddingSpace) -> None:
    demo_pictures.show_all_demo_pictures(space)
    noise = demo_pictures.show_noise(space, 20)
    relevance_keeper.keep()
    thresholds = relevance.measured_thresholds(space, QueryKind.TEXT)
    assert thresholds is not None
    assert set(thresholds.hubs) == {image.pk for image in noise}
    assert not_close(MEANINGLESS) == list(MEANINGLESS)
    assert not_close(("a dog", "一只狗", "a castle", "penguins in the snow", "pizza")) == []


def test_every_kind_of_queries_is_measured(space: EmbeddingSpace) -> None:
    show_vectors(space, 60)
    rows = relevance_keeper.keep()
    assert {row.query_kind for row in rows} == set(QueryKind)
    for row in rows:
        assert row.weak < row.good < row.strong
        assert row.rows == 60


def test_an_unchanged_gallery_is_not_measured_again(space: EmbeddingSpace) -> None:
    show_vectors(space, 60)
    assert len(relevance_keeper.keep()) == 2
    assert relevance_keeper.keep() == []
    show_vectors(space, 2)
    assert relevance_keeper.keep() == []
    show_vectors(space, 2)
    assert len(relevance_keeper.keep()) == 2


def test_replaced_pictures_are_measured(space: EmbeddingSpace) -> None:
    images = show_vectors(space, 60)
    relevance_keeper.keep()
    Image.objects.filter(pk__in=[image.pk for image in images[:4]]).delete()
    added = [image.pk for image in show_vectors(space, 4)]
    # In this transaction the database's clock stands still.
    Image.objects.filter(pk__in=added).update(created_at=timezone.now())
    assert len(relevance_keeper.keep()) == 2


def test_an_old_measurement_is_repeated(space: EmbeddingSpace) -> None:
    show_vectors(space, 60)
    relevance_keeper.keep()
    RelevanceCalibration.objects.update(measured_at=timezone.now() - timedelta(days=2))
    assert len(relevance_keeper.keep()) == 2


def test_a_small_gallery_uses_the_models_thresholds(space: EmbeddingSpace) -> None:
    images = show_vectors(space, 60)
    relevance_keeper.keep()
    Image.objects.filter(pk__in=[image.pk for image in images[20:]]).delete()
    assert relevance_keeper.keep() == []
    assert not RelevanceCalibration.objects.exists()
    thresholds = relevance.measured_thresholds(space, QueryKind.TEXT)
    assert thresholds is not None
    assert not thresholds.hubs


def test_an_unmeasured_model_is_measured_in_its_gallery(site_models: Path) -> None:
    space = choose("one")
    assert relevance.measured_thresholds(space, QueryKind.TEXT) is None
    show_vectors(space, 60)
    relevance_keeper.keep()
    thresholds = relevance.measured_thresholds(space, QueryKind.TEXT)
    assert thresholds is not None
    assert thresholds.weak < thresholds.good < thresholds.strong


def test_cosines_of_unrelated_pictures_are_measured(site_models: Path) -> None:
    space = choose("one")
    centre = unit(background.vectors_of(space, QueryKind.TEXT).mean(axis=0))
    for seed in range(60):
        make_embedding(make_image(), space, unit(centre + 0.5 * unit_vector(seed)))
    relevance_keeper.keep()
    thresholds = relevance.measured_thresholds(space, QueryKind.TEXT)
    assert thresholds is not None
    assert 0.1 < thresholds.unrelated < thresholds.weak


@pytest.mark.slow
def test_one_process_measures_at_a_time(space: EmbeddingSpace) -> None:
    show_vectors(space, 60)
    with held_elsewhere(Lock.CALIBRATE_RELEVANCE):
        assert relevance_keeper.keep() == []
    assert len(relevance_keeper.keep()) == 2


def test_a_missing_model_keeps_the_thresholds(space: EmbeddingSpace) -> None:
    show_vectors(space, 60)
    EmbeddingSpace.objects.update(encoder="missing", fingerprint="missing")
    assert relevance_keeper.keep() == []
