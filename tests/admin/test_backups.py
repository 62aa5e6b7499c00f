"""The admin's list of backups, and the warning about an old one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from gallery.models import CompletedBackup
from gallery.operations.health.report import report
from tests.builders import all_processes_report

pytestmark = pytest.mark.django_db

LIST = "/admin/gallery/completedbackup/"


def completed(days: int) -> CompletedBackup:
    return CompletedBackup.objects.create(
        name="20261120T030000.000000Z",
        place="/srv/backups",
        pictures=7,
        size=5 << 30,
        copied=3 << 20,
        missing=0,
        damaged=1,
        completed_at=timezone.now() - timedelta(days=days),
    )


def page(client: Client) -> str:
    return client.get(LIST).content.decode().replace("\xa0", " ")


def test_the_list_has_age_and_size(curator_client: Client) -> None:
    assert "There is no backup yet." in page(curator_client)
    completed(days=9)
    completed(days=2)
    text = page(curator_client)
    assert "The last backup is 2 days old." in text
    assert "5.0 GB" in text
    assert "3.0 MB" in text
    assert "/srv/backups" in text
    assert "errornote" not in text


def test_an_old_backup_is_a_warning(
    curator_client: Client, gallery_setting: Callable[..., None]
) -> None:
    gallery_setting(backup_age=2 * 24 * 3600)
    all_processes_report()
    assert report() == {"backup": "there is no backup"}
    completed(days=3)
    assert report() == {"backup": "the last one is 72 hours old"}
    assert "errornote" in page(curator_client)
    completed(days=1)
    assert report() == {}


def test_sites_without_the_setting_are_healthy() -> None:
    all_processes_report()
    completed(days=300)
    assert report() == {}


def test_staff_without_right_see_no_backups(staff: User, staff_client: Client) -> None:
    assert staff_client.get(LIST).status_code == 403
