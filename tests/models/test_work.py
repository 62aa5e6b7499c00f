import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from gallery.models import Image, State
from tests.builders import make_image

pytestmark = pytest.mark.django_db


def stored(**fields: Any) -> Image:
    return make_image(state=State.STORED, **fields)


def test_a_claim_counts_the_attempt() -> None:
    stored()
    (image,) = Image.objects.claim(5, seconds=60)
    assert image.attempts == 1
    assert image.lease_until is not None


def test_a_claimed_row_cannot_be_claimed() -> None:
    stored()
    Image.objects.claim(5, seconds=60)
    assert Image.objects.claim(5, seconds=60) == []


def test_an_expired_lease_can_be_claimed() -> None:
    stored(lease_until=Now() - timedelta(seconds=1), attempts=1)
    assert [image.attempts for image in Image.objects.claim(5, seconds=60)] == [2]


def test_a_row_not_yet_due_is_skipped() -> None:
    stored(next_attempt_at=Now() + timedelta(seconds=60))
    assert Image.objects.claim(5, seconds=60) == []


def test_a_claim_takes_at_most_its_limit() -> None:
    for _ in range(4):
        stored()
    assert len(Image.objects.claim(3, seconds=60)) == 3


def test_release_writes_changes_and_ends_the_lease() -> None:
    stored()
    (image,) = Image.objects.claim(1, seconds=60)
    assert image.release(state=State.DERIVED, attempts=0)
    image.refresh_from_db()
    assert (image.state, image.lease_until, image.attempts) == (State.DERIVED, None, 0)


def test_a_write_after_another_claim_is_refused() -> None:
    stored()
    (overtaken,) = Image.objects.claim(1, seconds=60)
    Image.objects.update(lease_until=Now() - timedelta(seconds=1))
    Image.objects.claim(1, seconds=60)
    assert not overtaken.release(state=State.READY)
    assert Image.objects.get().state == State.STORED


def test_a_write_in_the_next_stage_is_refused() -> None:
    stored()
    (overtaken,) = Image.objects.claim(1, seconds=60)
    Image.objects.update(state=State.DERIVED, attempts=0, lease_until=None)
    Image.objects.claim(1, seconds=60)
    assert not overtaken.release(state=State.FAILED)


def test_only_the_clock_of_the_database_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the clock of the worker's machine says."""
    stored()
    begun = Image.objects.values_list(Now(), flat=True).get()
    monkeypatch.setattr(timezone, "now", lambda: begun + timedelta(days=1))
    (image,) = Image.objects.claim(1, seconds=60)
    assert image.lease_until - begun < timedelta(seconds=120)
    assert image.extend(300)
    assert image.lease_until - begun < timedelta(seconds=360)
    image.back_off()
    image.refresh_from_db()
    assert image.next_attempt_at - begun < timedelta(seconds=120)


def test_each_back_off_is_longer() -> None:
    stored()
    (image,) = Image.objects.claim(1, seconds=60)
    image.back_off()
    image.refresh_from_db()
    first_retry_at = image.next_attempt_at
    Image.objects.update(next_attempt_at=Now())
    (image,) = Image.objects.claim(1, seconds=60)
    image.back_off()
    image.refresh_from_db()
    assert image.next_attempt_at - first_retry_at > timedelta(seconds=1)


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_claim_the_same_row() -> None:
    for _ in range(40):
        stored()
    claimed: list[str] = []

    def work() -> None:
        while rows := Image.objects.claim(3, seconds=60):
            claimed.extend(str(row.pk) for row in rows)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len(set(claimed)) == 40
