"""When a map is made, and where pictures are placed on it."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction

from gallery.core.dispatch import Stage
from gallery.embeddings import spaces
from gallery.map import control, umap_layout, update
from gallery.map.overview import overview_for
from gallery.map.place import place
from gallery.map.sample import block_after
from gallery.models import (
    EmbeddingSpace,
    Image,
    JobState,
    MapItem,
    MapMethod,
    MapPoint,
    MapProjection,
    State,
)
from tests.builders import make_embedded, make_embedding, make_image, make_space
from tests.conftest import Hint
from tests.map.conftest import MakeTopic, near, update_all
from tests.models.test_backfill import wait_for_a_blocked_session

pytestmark = pytest.mark.django_db(transaction=True)


def shown() -> MapProjection:
    projection = MapProjection.objects.shown()
    assert projection is not None
    return projection


def place_of(image: Image) -> tuple[float, float]:
    point = MapPoint.objects.get(image=image, projection=shown())
    return point.x, point.y


def distance(first: Image, second: Image) -> float:
    return float(np.linalg.norm(np.subtract(place_of(first), place_of(second))))


def test_similar_pictures_are_near_each_other(make_topic: MakeTopic) -> None:
    topics = [make_topic(topic, 8) for topic in (1, 2, 3)]
    update_all()
    for one, other in ((0, 1), (1, 2), (2, 0)):
        inside = distance(topics[one][0], topics[one][1])
        assert inside < distance(topics[one][0], topics[other][0]) / 2


def test_a_topic_is_one_cluster(make_topic: MakeTopic) -> None:
    topics = [make_topic(topic, 8) for topic in (1, 2, 3)]
    update_all()
    clusters = [
        {point.cluster_id for point in MapPoint.objects.filter(image__in=topic)} for topic in topics
    ]
    assert [len(each) for each in clusters] == [1, 1, 1]
    assert len(set.union(*clusters)) == 3


def test_a_new_picture_joins_its_topic(make_topic: MakeTopic, space: EmbeddingSpace) -> None:
    topics = [make_topic(topic, 8) for topic in (1, 2, 3)]
    update_all()
    before = shown(), place_of(topics[0][0])
    [image] = make_embedded(space, [near(2, 99)])
    MapItem.objects.add_for([image.pk])
    update_all()
    assert (shown(), place_of(topics[0][0])) == before
    points = MapPoint.objects.filter(image__in=[image, *topics[1]])
    assert len({point.cluster_id for point in points}) == 1
    assert distance(image, topics[1][0]) < distance(image, topics[0][0]) / 2


def test_every_picture_gets_its_place(make_topic: MakeTopic, hints: list[Hint]) -> None:
    make_topic(1, 5)
    make_image()  # without a vector
    for _ in range(9):
        update.run(seconds=0)
    assert MapPoint.objects.filter(projection=shown()).count() == 5
    assert hints[0] == (Stage.UPDATE_MAP, ())


def test_a_single_picture_has_a_map(make_topic: MakeTopic) -> None:
    [image] = make_topic(1, 1)
    update_all()
    assert place_of(image) == (0, 0)


def test_equal_pictures_have_one_place(space: EmbeddingSpace) -> None:
    first, second, _ = make_embedded(space, [near(1, 1)] * 3)
    update_all()
    assert distance(first, second) == 0


def test_a_deleted_picture_leaves_the_map(make_topic: MakeTopic) -> None:
    image, *_ = make_topic(1, 3)
    update_all()
    image.delete()
    assert MapPoint.objects.count() == 2


def test_an_empty_gallery_has_no_map(space: EmbeddingSpace) -> None:
    update_all()
    assert MapProjection.objects.shown() is None


def test_uploads_are_processed_first(make_topic: MakeTopic) -> None:
    make_topic(1, 3)
    make_image(state=State.STORED)
    update_all()
    assert MapProjection.objects.shown() is None


def test_the_map_follows_the_model(make_topic: MakeTopic) -> None:
    images = make_topic(1, 4)
    update_all()
    old = shown()
    other = make_space(active=False)
    for number, image in enumerate(images):
        make_embedding(image, other, near(7, number))
    spaces.activate(other)
    assert shown() == old
    update_all()
    assert shown().space == other
    assert MapProjection.objects.count() == 1


def test_a_gallery_that_doubled_gets_a_new_map(make_topic: MakeTopic) -> None:
    make_topic(1, 4)
    update_all()
    old = shown()
    make_topic(2, 3)
    update_all()
    assert shown() == old
    make_topic(3, 1)
    update_all()
    assert shown() != old
    assert MapPoint.objects.count() == 8


def test_the_old_map_is_shown_meanwhile(make_topic: MakeTopic) -> None:
    make_topic(1, 4)
    update_all()
    old = shown()
    control.make_anew(old)
    update.run(seconds=0)
    assert shown() == old
    update_all()
    assert shown() != old


def test_a_paused_job_waits_for_its_resumption(make_topic: MakeTopic) -> None:
    make_topic(1, 4)
    update_all()
    old = shown()
    control.make_anew(old)
    unfinished = MapProjection.objects.unfinished().get()
    assert control.pause(unfinished)
    assert not control.pause(unfinished)
    update_all()
    assert shown() == old
    assert control.resume(unfinished)
    update_all()
    assert shown() == unfinished


def test_new_pictures_are_placed_during_a_pause(
    make_topic: MakeTopic, space: EmbeddingSpace
) -> None:
    make_topic(1, 4)
    update_all()
    control.make_anew(shown())
    control.pause(MapProjection.objects.unfinished().get())
    [image] = make_embedded(space, [near(1, 99)])
    MapItem.objects.add_for([image.pk])
    update_all()
    assert place_of(image)
    assert not MapItem.objects.exists()


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

    def places_of(vectors: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> object:
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
    """Each picture has a place of its own, and not that of its neighbours."""

    def places_of(vectors: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> object:
        numbers = np.arange(len(vectors))
        return np.stack([numbers / 100, -numbers / 100], axis=1)

    monkeypatch.setattr(umap_layout, "places_of", places_of)
    gallery_setting(map_method="umap")  # type: ignore[operator]
    images = sorted(make_topic(1, 60), key=lambda image: image.pk)
    MapItem.objects.add_for([image.pk for image in images])
    update_all()
    assert shown().method == MapMethod.UMAP
    assert place_of(images[7]) == (0.07, -0.07)
    MapItem.objects.add_for([image.pk for image in images])
    update_all()
    assert place_of(images[7]) == (0.07, -0.07)


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


def test_making_anew_waits_for_placed_pictures(
    make_topic: MakeTopic, space: EmbeddingSpace
) -> None:
    make_topic(1, 4)
    update_all()
    complete = shown()
    control.make_anew(complete)
    update.run(seconds=0)
    unfinished = MapProjection.objects.unfinished().fitted().get()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            MapProjection.objects.select_for_update(no_key=True).get(pk=unfinished.pk)
            place(block_after(None, space), unfinished)
            making = pool.submit(make_anew_elsewhere, complete)
            wait_for_a_blocked_session()
        making.result(30)
    assert not MapProjection.objects.filter(pk=unfinished.pk).exists()
    assert MapProjection.objects.unfinished().exists()


def make_anew_elsewhere(projection: MapProjection) -> None:
    try:
        control.make_anew(projection)
    finally:
        connection.close()


def test_items_of_unknown_pictures_are_left_out(space: EmbeddingSpace) -> None:
    MapItem.objects.add_for([uuid.uuid4()])
    assert not MapItem.objects.exists()


def test_nobody_sees_a_map_without_pictures(space: EmbeddingSpace) -> None:
    assert overview_for(AnonymousUser()) is None
