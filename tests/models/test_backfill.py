"""Ending a backfill while a worker stores a batch."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, transaction

from gallery.models import BackfillItem, SpaceBackfill
from tests.builders import make_backfill, make_image, make_space

pytestmark = pytest.mark.django_db(transaction=True)


def end_backfill() -> None:
    SpaceBackfill.objects.all().end()
    connection.close()


def wait_for_a_blocked_session() -> None:
    with connection.cursor() as cursor:
        for _ in range(100):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                return
            time.sleep(0.05)
    raise AssertionError("no session waits for a lock")


def test_ending_waits_for_a_stored_batch() -> None:
    job = make_backfill(make_space(active=False))
    BackfillItem.objects.create(backfill=job, image=make_image())
    ending = threading.Thread(target=end_backfill)
    with transaction.atomic():
        assert SpaceBackfill.objects.select_for_update(no_key=True).get() == job
        ending.start()
        wait_for_a_blocked_session()
        BackfillItem.objects.all().delete()
    ending.join()
    assert not SpaceBackfill.objects.exists()
