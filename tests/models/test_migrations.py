"""A backfill that runs during an upgrade goes on afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from gallery.models import BackfillItem, EmbeddingSpace, IndexFailure, SpaceBackfill

# Each test migrates back and forward.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

BEFORE, AFTER = ("gallery", "0003_space_troubles"), ("gallery", "0004_long_jobs")


@pytest.fixture
def old_apps() -> Iterator[Any]:
    """The models of the last version that kept a backfill in columns of its space."""
    executor = MigrationExecutor(connection)
    yield executor.migrate([BEFORE]).apps
    migrate()


def migrate() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def old_space(apps: Any, **fields: Any) -> Any:
    fingerprint = str(uuid.uuid4())
    return apps.get_model("gallery", "EmbeddingSpace").objects.create(
        **{"encoder": "two", "fingerprint": fingerprint, **fields}
    )


@pytest.mark.parametrize("state", ["running", "paused"])
def test_a_backfill_becomes_a_row(old_apps: Any, state: str) -> None:
    space = old_space(old_apps, fill=state, switch_when_full=False, full_at=timezone.now())
    image = uuid.uuid4()
    jobs = old_apps.get_model("gallery", "FillJob").objects
    jobs.create(space=space, image_id=image, skipped=True, attempts=3, error_code="bad_embedding")
    migrate()
    job = SpaceBackfill.objects.get(space_id=space.pk)
    assert (job.state, job.switch_when_complete, bool(job.completed_at)) == (state, False, True)
    item = BackfillItem.objects.get(backfill=job)
    assert (item.image_id, item.skipped, item.attempts) == (image, True, 3)


@pytest.mark.parametrize(
    ("code", "detail", "problem"),
    [
        ("encoder", "It is gone.", "The model cannot be loaded: It is gone."),
        ("lost", "3", "The process was killed 3 times while it loaded the model"),
        ("skipped", "No preview.", "Too many pictures could not be processed"),
    ],
)
def test_the_problem_is_kept(old_apps: Any, code: str, detail: str, problem: str) -> None:
    space = old_space(old_apps, fill="paused", trouble_code=code, trouble=detail)
    migrate()
    assert problem in EmbeddingSpace.objects.get(pk=space.pk).problem


def test_other_states_are_kept(old_apps: Any) -> None:
    now = timezone.now()
    failed = {"trouble_code": "index", "trouble": "No memory.", "trouble_at": now}
    active = old_space(old_apps, active=True, **failed)
    dropping, kept = old_space(old_apps, fill="dropping"), old_space(old_apps)
    migrate()
    rows = EmbeddingSpace.objects.in_bulk([active.pk, dropping.pk, kept.pk])
    states = [rows[space.pk].state for space in (active, dropping, kept)]
    assert states == ["active", "dropping", "kept"]
    assert IndexFailure.objects.get().detail == "No memory."
