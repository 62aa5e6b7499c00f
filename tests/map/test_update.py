"""When a map is made, and what people see meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction

from gallery.embeddings import spaces
from gallery.map import control, update
from gallery.map.overview import overview_for
from gallery.map.place import place
from gallery.map.sample import block_after
from gallery.models import EmbeddingSpace, Image, MapItem, MapPoint, MapProjection, State
from tests.builders import make_embedded, make_embedding, make_image, make_space
from tests.map.conftest import MakeTopic, near, place_of, shown, update_all
from tests.models.test_backfill import wait_for_a_blocked_session

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_pictures_that_are_being_deleted_wait(make_topic: MakeTopic, space: EmbeddingSpace) -> None:
    make_topic(1, 4)
    update_all()
    [image] = make_embedded(space, [near(1, 99)])
    MapItem.objects.add_for([image.pk])
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Image.objects.select_for_update().get(pk=image.pk)
        pool.submit(update_elsewhere).result(30)
        assert MapItem.objects.exists()
    update_all()
    assert place_of(image)


def update_elsewhere() -> None:
    try:
        update.run()
    finally:
        connection.close()


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


def test_nobody_sees_a_map_without_pictures(space: EmbeddingSpace) -> None:
    assert overview_for(AnonymousUser()) is None
