"""The admin's list of imports."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import ImportJob, JobState

pytestmark = pytest.mark.django_db


def test_imports_are_listed_paused_and_deleted(curator_client: Client, owner: User) -> None:
    job = ImportJob.objects.create(
        owner=owner, kind="csv", name="holiday.csv", source="/nowhere/holiday.csv"
    )
    address = "/admin/gallery/importjob/"

    def act(action: str) -> str:
        values = {"action": action, "_selected_action": str(job.pk)}
        return curator_client.post(address, values, follow=True).content.decode()

    assert "holiday.csv" in curator_client.get(address).content.decode()
    assert "Imports changed: 1" in act("pause")
    job.refresh_from_db()
    assert job.state == JobState.PAUSED
    assert "Nothing was changed." in act("pause")
    act("resume")
    act("delete_imports")
    assert not ImportJob.objects.exists()
