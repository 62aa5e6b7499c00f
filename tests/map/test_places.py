"""Where pictures are placed on the map, and in which cluster."""

from __future__ import annotations

import uuid

import pytest

from gallery.core.dispatch import Stage
from gallery.map import update
from gallery.models import EmbeddingSpace, MapItem, MapPoint
from tests.builders import make_embedded, make_image
from tests.conftest import Hint
from tests.map.conftest import MakeTopic, distance, near, place_of, shown, update_all

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_items_of_unknown_pictures_are_left_out(space: EmbeddingSpace) -> None:
    MapItem.objects.add_for([uuid.uuid4()])
    assert not MapItem.objects.exists()
