"""Erasing the activity of a person while other transactions change it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from gallery.core.query_kind import QueryKind
from gallery.models import ActivityEvent, Interest, TasteProfile
from gallery.recommendations.activity import consent, record, retention
from gallery.recommendations.activity.changes import note_change
from gallery.recommendations.activity.erase import erase
from tests.builders import unit_vector
from tests.other_session import wait_until, waiting_sessions

pytestmark = pytest.mark.django_db(transaction=True)


def in_a_session_of_its_own(function: Callable[..., Any], *values: Any) -> None:
    try:
        function(*values)
    finally:
        connection.close()


def test_old_activity_is_deleted_during_an_erasure(owner: User, gallery_setting: Any) -> None:
    """Both wait for the profile; the erasure is the first to get it."""
    gallery_setting(activity_seconds=3600)
    consent.give(owner)
    record.record_search(owner, "boat")
    ActivityEvent.objects.update(at=ActivityEvent.objects.get().at - timedelta(days=1))
    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            TasteProfile.objects.select_for_update().get(user=owner.pk)
            erasure: Future[None] = pool.submit(in_a_session_of_its_own, erase, owner)
            wait_until(lambda: waiting_sessions() == 1)
            deletion = pool.submit(in_a_session_of_its_own, retention.delete_old)
            wait_until(lambda: waiting_sessions() == 2 or deletion.done())
        erasure.result(30)
        deletion.result(30)
    assert not ActivityEvent.objects.exists()


@pytest.mark.parametrize("delete", [erase, User.delete], ids=["activity", "account"])
def test_interests_are_stored_during_an_erasure(
    owner: User, delete: Callable[[User], object]
) -> None:
    """A worker holds the profile and has stored interests that the deletion does not see yet."""
    note_change(owner)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            profile = TasteProfile.objects.select_for_update().get(user=owner.pk)
            Interest.objects.create(
                profile=profile, kind=QueryKind.PICTURE, weight=1, vector=unit_vector(1)
            )
            deletion: Future[None] = pool.submit(in_a_session_of_its_own, delete, owner)
            wait_until(lambda: waiting_sessions() == 1)
        deletion.result(30)
    assert not Interest.objects.exists()
    assert not TasteProfile.objects.exists()
