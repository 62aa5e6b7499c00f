"""The map by UMAP, which is optional."""

from __future__ import annotations

import numpy as np
import pytest
from django.db import connection

from gallery.map import umap_fit, umap_layout, update
from gallery.models import EmbeddingSpace, Image, JobState, MapItem, MapMethod, MapProjection
from gallery.models.locks import Lock
from tests.builders import make_embedded
from tests.map.conftest import MakeTopic, near, place_of, shown

pytestmark = pytest.mark.django_db(transaction=True)

Vectors = np.ndarray[tuple[int, int], np.dtype[np.float32]]


@pytest.fixture(autouse=True)
def _umap_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(umap_fit, "start", umap_fit.run)


def update_all() -> None:
    """The process of UMAP hints another slice when it ends."""
    for _ in range(2):
        update.run(seconds=120)


def places_in_a_row(vectors: Vectors) -> object:
    """Stands in for UMAP: each picture has a place of its own, and not that of its neighbours."""
    numbers = np.arange(len(vectors))
    return np.stack([numbers / 100, -numbers / 100], axis=1)


def test_without_umap_its_job_says_so(
    make_topic: MakeTopic, gallery_setting: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(umap_layout, "find_spec", lambda name: None)
    gallery_setting(map_method="umap")  # type: ignore[operator]
    make_topic(1, 60)
    update_all()
    assert shown().method == MapMethod.PCA
    job = MapProjection.objects.unfinished().get()
    assert (job.method, job.state) == (MapMethod.UMAP, JobState.PAUSED)
    assert job.problem_code == "umap_missing"
    assert "umap-learn" in job.problem


def test_a_failure_of_umap_pauses_its_job(
    make_topic: MakeTopic, gallery_setting: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child process fails, because the package is not there."""
    monkeypatch.setattr(umap_layout, "find_spec", lambda name: True)
    gallery_setting(map_method="umap")  # type: ignore[operator]
    make_topic(1, 60)
    update_all()
    job = MapProjection.objects.unfinished().get()
    assert (job.state, job.problem_code) == (JobState.PAUSED, "umap_failed")
    assert shown().method == MapMethod.PCA


def test_umap_places_others_among_its_anchors(
    make_topic: MakeTopic,
    space: EmbeddingSpace,
    gallery_setting: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Stands in for the child process: the topics are on a line."""

    def places_of(vectors: Vectors) -> object:
        topics = np.stack([near(topic, 999) for topic in (1, 2)])
        return np.stack([(vectors @ topics.T).argmax(axis=1) * 1.0, np.zeros(len(vectors))], axis=1)

    monkeypatch.setattr(umap_layout, "places_of", places_of)
    gallery_setting(map_method="umap")  # type: ignore[operator]
    make_topic(1, 30)
    make_topic(2, 30)
    update_all()
    assert shown().method == MapMethod.UMAP
    [image] = make_embedded(space, [near(2, 777)])
    MapItem.objects.add_for([image.pk])
    update_all()
    assert place_of(image)[0] > 0.9


def test_umap_decides_where_its_anchors_are(
    make_topic: MakeTopic, gallery_setting: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(umap_layout, "places_of", places_in_a_row)
    gallery_setting(map_method="umap")  # type: ignore[operator]
    images = sorted(make_topic(1, 60), key=lambda image: image.pk)
    MapItem.objects.add_for([image.pk for image in images])
    update_all()
    assert shown().method == MapMethod.UMAP
    assert place_of(images[7]) == (0.07, -0.07)
    MapItem.objects.add_for([image.pk for image in images])
    update_all()
    assert place_of(images[7]) == (0.07, -0.07)


def test_pictures_are_placed_while_umap_works(
    make_topic: MakeTopic,
    space: EmbeddingSpace,
    gallery_setting: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On the map of PCA meanwhile, and on that of UMAP afterwards, wherever their keys are."""
    gallery_setting(map_method="umap")  # type: ignore[operator]
    make_topic(1, 60)
    new: list[Image] = []

    def places_of(vectors: Vectors) -> object:
        new.extend(make_embedded(space, [near(1, 100 + number) for number in range(5)]))
        MapItem.objects.add_for([image.pk for image in new])
        monkeypatch.setattr(umap_fit, "start", lambda: None)
        update.run(seconds=120)
        assert shown().method == MapMethod.PCA
        assert all(place_of(image) for image in new)
        assert not MapItem.objects.exists()
        return places_in_a_row(vectors)

    monkeypatch.setattr(umap_layout, "places_of", places_of)
    update_all()
    assert shown().method == MapMethod.UMAP
    assert all(place_of(image) for image in new)


def test_umap_works_once_at_a_time(
    make_topic: MakeTopic, gallery_setting: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(umap_layout, "places_of", places_in_a_row)
    gallery_setting(map_method="umap")  # type: ignore[operator]
    make_topic(1, 60)
    elsewhere = connection.copy()
    with elsewhere.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [Lock.FIT_UMAP])
        update_all()
        assert shown().method == MapMethod.PCA
        cursor.execute("SELECT pg_advisory_unlock(%s)", [Lock.FIT_UMAP])
    elsewhere.close()
    update_all()
    assert shown().method == MapMethod.UMAP


@pytest.fixture
def without_umap(
    make_topic: MakeTopic, gallery_setting: object, monkeypatch: pytest.MonkeyPatch
) -> MapProjection:
    """A map of 60 pictures by PCA, whose successor waits for the package."""
    monkeypatch.setattr(umap_layout, "find_spec", lambda name: None)
    gallery_setting(map_method="umap")  # type: ignore[operator]
    make_topic(1, 60)
    update_all()
    return shown()


def test_pca_replaces_a_paused_umap(
    make_topic: MakeTopic, without_umap: MapProjection, gallery_setting: object
) -> None:
    gallery_setting(map_method="pca")  # type: ignore[operator]
    update_all()
    assert list(MapProjection.objects.all()) == [without_umap]
    make_topic(2, 60)
    update_all()
    assert shown() != without_umap


def test_the_map_grows_while_umap_waits(make_topic: MakeTopic, without_umap: MapProjection) -> None:
    waiting = MapProjection.objects.unfinished().get()
    make_topic(2, 60)
    update_all()
    assert (shown().method, shown().pictures) == (MapMethod.PCA, 120)
    assert MapProjection.objects.unfinished().get() == waiting
    waiting.refresh_from_db()
    assert waiting.state == JobState.PAUSED
