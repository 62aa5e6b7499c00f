"""The machinery of long jobs, with the backfill of a space as the job."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from gallery.jobs import failures, items, problems, progress, scan, slices, states
from gallery.models import BackfillItem, Image, SpaceBackfill
from tests.builders import make_backfill, make_image, make_space

pytestmark = pytest.mark.django_db

UNAVAILABLE = SpaceBackfill.Problem.MODEL_UNAVAILABLE


@pytest.fixture
def job() -> SpaceBackfill:
    return make_backfill(make_space(active=False))


def make_item(job: SpaceBackfill, attempts: int = 0) -> BackfillItem:
    return BackfillItem.objects.create(backfill=job, image=make_image(), attempts=attempts)


def claimed(job: SpaceBackfill, attempts: int) -> BackfillItem:
    make_item(job, attempts)
    (item,) = items.claim(job.items.all(), 1)
    return BackfillItem.objects.get(pk=item.pk)


def test_new_items_are_claimed_together(job: SpaceBackfill) -> None:
    for attempts in (0, 0, 1, 0):
        make_item(job, attempts)
    assert [len(items.claim(job.items.all(), 2)) for _ in range(4)] == [2, 1, 1, 0]


def test_failed_items_are_claimed_alone(job: SpaceBackfill) -> None:
    for _ in range(2):
        make_item(job, attempts=1)
    assert [len(items.claim(job.items.all(), 2)) for _ in range(3)] == [1, 1, 0]


def test_a_failed_item_is_retried_later(job: SpaceBackfill) -> None:
    item = claimed(job, attempts=0)
    failures.retry_or_skip(item, code="disk", message="The disk is slow.")
    item.refresh_from_db()
    assert (item.skipped, item.is_due, item.error_code) == (False, False, "disk")


def test_the_last_failure_skips_an_item(job: SpaceBackfill) -> None:
    item = claimed(job, attempts=2)
    failures.retry_or_skip(item, code="disk", message="The disk is slow.")
    item.refresh_from_db()
    assert (item.skipped, item.error_message) == (True, "The disk is slow.")


@pytest.mark.parametrize(
    ("skipped", "total", "expected"),
    [(1, 1, False), (2, 10, True), (10, 1000, False), (11, 1000, True)],
)
def test_one_percent_may_be_skipped(skipped: int, total: int, expected: bool) -> None:
    assert failures.too_many(skipped, of=total) is expected


def test_a_problem_is_shown_until_it_ends(job: SpaceBackfill) -> None:
    problems.report(job, UNAVAILABLE, detail="The  file\nis gone.")
    job.refresh_from_db()
    assert job.problem == "The model cannot be loaded: The file is gone."
    problems.clear(job, SpaceBackfill.Problem.TOO_MANY_SKIPPED)
    job.refresh_from_db()
    assert job.problem
    problems.clear(job, UNAVAILABLE)
    job.refresh_from_db()
    assert not job.problem


def test_a_paused_job_keeps_its_problem(job: SpaceBackfill) -> None:
    states.pause(job, SpaceBackfill.Problem.TOO_MANY_SKIPPED, detail="No preview.")
    problems.report(job, UNAVAILABLE, detail="Later.")
    job.refresh_from_db()
    assert "No preview." in job.problem


def test_resuming_clears_the_problem(job: SpaceBackfill) -> None:
    assert not states.resume(job)
    states.pause(job, UNAVAILABLE, detail="No.")
    assert states.resume(job)
    job.refresh_from_db()
    assert (job.state, job.problem) == ("running", "")


def test_the_time_left_follows_the_pace(job: SpaceBackfill) -> None:
    job.counted_at, job.missing = timezone.now() - timedelta(seconds=20), 100
    progress.measure(job, lambda: 60)
    job.refresh_from_db()
    assert job.pace == pytest.approx(2, rel=0.1)
    assert progress.seconds_left(job, 60) == pytest.approx(30, abs=3)


def test_an_old_pace_is_not_used(job: SpaceBackfill) -> None:
    job.counted_at, job.pace = timezone.now() - timedelta(minutes=5), 2.0
    assert progress.seconds_left(job, 60) is None
    assert progress.seconds_left(job, 0) == 0


@pytest.mark.django_db(transaction=True)
def test_a_deleted_job_gets_no_items(job: SpaceBackfill) -> None:
    image = make_image()
    SpaceBackfill.objects.all().end()
    scan.add_items(
        job, Image.objects.all(), lambda key: BackfillItem(backfill=job, image_id=image.pk)
    )
    assert not BackfillItem.objects.exists()


def test_a_slice_ends_in_time() -> None:
    steps: list[float] = []

    def step() -> bool:
        steps.append(time.monotonic())
        time.sleep(0.02)
        return True

    assert slices.run(step, 0.1)
    assert 2 <= len(steps) <= 6


def test_a_slice_ends_when_nothing_is_left() -> None:
    remaining = [True, True, False]
    assert not slices.run(lambda: remaining.pop(0), 60)
    assert remaining == []
