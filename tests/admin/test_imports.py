"""The admin's list of imports."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from gallery.models import ImportJob, JobState
from tests.builders import make_image, make_user

pytestmark = pytest.mark.django_db


def test_imports_are_listed_paused_and_deleted(curator_client: Client, owner: User) -> None:
    job = ImportJob.objects.create(
        owner=owner, kind="csv", name="holiday.csv", source="/nowhere/holiday.csv"
    )
    address = "/admin/gallery/importjob/"

    def act(action: str, **values: str) -> str:
        values |= {"action": action, "_selected_action": str(job.pk)}
        return curator_client.post(address, values, follow=True).content.decode()

    assert "holiday.csv" in curator_client.get(address).content.decode()
    assert "Imports changed: 1" in act("pause")
    job.refresh_from_db()
    assert job.state == JobState.PAUSED
    assert "Nothing was changed." in act("pause")
    act("resume")
    assert "Delete this import?" in act("delete_imports")
    assert "1 import is deleted." in act("delete_imports", confirmed="yes")
    assert not ImportJob.objects.exists()


def test_imports_are_deleted_with_their_pictures(curator_client: Client, owner: User) -> None:
    job = ImportJob.objects.create(
        owner=owner, kind="csv", name="holiday.csv", source="/x", completed_at=timezone.now()
    )
    make_image(owner, import_id=job.pk)
    address = "/admin/gallery/importjob/"
    values = {"action": "delete_with_pictures", "_selected_action": str(job.pk)}
    question = curator_client.post(address, values).content.decode()
    assert "1 picture is deleted too" in question
    assert "holiday.csv (owner): 1 picture" in question
    assert ImportJob.objects.deleting().count() == 0
    curator_client.post(address, {**values, "confirmed": "yes"})
    for status, is_listed in (("deleting", True), ("complete", False)):
        page = curator_client.get(address, {"status": status}).content.decode()
        assert ("holiday.csv" in page) == is_listed


def test_only_who_deletes_pictures_deletes_them_with_imports(owner: User) -> None:
    ImportJob.objects.create(owner=owner, kind="csv", name="holiday.csv", source="/x")
    staff = make_user("staff", is_staff=True)
    rights = ("view_importjob", "change_importjob")
    staff.user_permissions.add(*Permission.objects.filter(codename__in=rights))
    client = Client()
    client.force_login(staff)
    page = client.get("/admin/gallery/importjob/").content.decode()
    assert "delete_imports" in page
    assert "delete_with_pictures" not in page


def test_a_complete_import_is_not_running(curator_client: Client, owner: User) -> None:
    ImportJob.objects.create(
        owner=owner, kind="csv", name="holiday.csv", source="/x", completed_at=timezone.now()
    )
    for status, is_listed in (("running", False), ("complete", True)):
        page = curator_client.get("/admin/gallery/importjob/", {"status": status})
        assert ("holiday.csv" in page.content.decode()) == is_listed
