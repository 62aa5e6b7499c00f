"""A worker keeps its rows while it works, however short the lease is."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from gallery.jobs import leases
from gallery.models import Image, State
from tests.builders import make_image

pytestmark = pytest.mark.django_db(transaction=True)

LEASE = 1


@pytest.fixture
def claimed(gallery_setting: Any) -> Image:
    gallery_setting(lease_seconds=LEASE)
    make_image(state=State.STORED)
    (image,) = claim()
    return image


def claim() -> list[Image]:
    return Image.objects.claim(1, LEASE)


def test_long_work_keeps_its_lease(claimed: Image) -> None:
    with leases.kept([claimed], at_most=60):
        time.sleep(1.6 * LEASE)
        assert claim() == []
    assert claimed.release(state=State.DERIVED)


def test_hanging_work_loses_its_lease(claimed: Image) -> None:
    with leases.kept([claimed], at_most=0.2):
        time.sleep(1.4 * LEASE)
        assert len(claim()) == 1
    assert not claimed.release(state=State.DERIVED)


def test_a_lost_lease_is_not_taken_back(claimed: Image) -> None:
    Image.objects.update(lease_until=Now() - timedelta(seconds=1))
    (other,) = claim()
    with leases.kept([claimed], at_most=60):
        time.sleep(0.5 * LEASE)
    assert not claimed.release(state=State.FAILED)
    assert other.release(state=State.DERIVED)


def test_released_work_stays_released(claimed: Image) -> None:
    claimed.release(state=State.DERIVED)
    with leases.kept([claimed], at_most=60):
        time.sleep(0.5 * LEASE)
    assert Image.objects.get().lease_until is None
