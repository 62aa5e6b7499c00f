"""Work on an index that was requested in the admin, as a worker does it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import current_app
from celery.signals import before_task_publish
from django.db import connection

from gallery.core.dispatch import Stage, hint
from gallery.models import EmbeddingSpace, IndexBuild, IndexFailure, IndexMeasurement
from gallery.operations import index_keeper, index_requests
from gallery.tasks import build_index, calibrate_index, drop_index
from tests.builders import make_embedding, make_image, make_space, unit_vector

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def space() -> Iterator[EmbeddingSpace]:
    space = make_space()
    for number in range(12):
        make_embedding(make_image(), space, unit_vector(number))
    yield space
    index_keeper.drop(space)


def test_an_index_is_built_calibrated_and_dropped(space: EmbeddingSpace) -> None:
    build_index(str(space.pk))
    first = IndexBuild.objects.get(space=space)
    assert first.rows == 12
    calibrate_index(str(space.pk))
    calibrated = IndexBuild.objects.get(space=space)
    assert (calibrated.name, calibrated.calibrated_at is None) == (first.name, False)
    drop_index(str(space.pk))
    assert not IndexBuild.objects.exists()


def test_an_emptied_space_is_not_measured(space: EmbeddingSpace) -> None:
    build_index(str(space.pk))
    space.embeddings.all().delete()
    calibrate_index(str(space.pk))
    IndexMeasurement.objects.update(measured_at=datetime(2020, 1, 1, tzinfo=UTC))
    index_keeper.keep()
    assert IndexBuild.objects.filter(space=space).exists()


def test_a_failure_is_recorded(space: EmbeddingSpace) -> None:
    name = f"embedding_ivfflat_{space.pk}_0"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {name} ()")
        index_requests.build(space.pk)
        assert f'relation "{name}" already exists' in IndexFailure.objects.get(space=space).detail
        cursor.execute(f"DROP TABLE {name}")
    index_requests.build(space.pk)
    assert not IndexFailure.objects.exists()


def test_a_deleted_space_is_ignored(space: EmbeddingSpace) -> None:
    EmbeddingSpace.objects.update(active=False, dropping=True)
    for key in (space.pk, 9999):
        for work in (index_requests.build, index_requests.calibrate, index_requests.drop):
            work(key)
    assert not IndexBuild.objects.exists()


def test_a_request_expires_before_it_is_repeated() -> None:
    """The broker delivers a message again after the visibility timeout."""
    expiries: list[datetime] = []

    def record(headers: dict[str, str], **_: Any) -> None:
        expiries.append(datetime.fromisoformat(headers["expires"]))

    before_task_publish.connect(record)
    for stage in (Stage.BUILD_INDEX, Stage.CALIBRATE_INDEX, Stage.DROP_INDEX):
        hint(stage, "1")
    before_task_publish.disconnect(record)
    timeout = current_app.conf.broker_transport_options["visibility_timeout"]
    assert len(expiries) == 3
    assert max(expiries) < datetime.now(UTC) + timedelta(seconds=timeout)
