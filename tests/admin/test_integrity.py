"""The admin's report of damaged files."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from gallery.models import FindingKind, Image, IntegrityCheck, IntegrityFinding, JobState
from tests.builders import make_image, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/gallery/integrityfinding/"


def find(image: Image, kind: str = FindingKind.ORIGINAL_DAMAGED) -> IntegrityFinding:
    return IntegrityFinding.objects.create(image=image, kind=kind, detail="another SHA-256")


def page(client: Client) -> str:
    return client.get(LIST).content.decode()


def test_the_report_lists_damaged_originals(curator_client: Client) -> None:
    image = make_image(make_user("ann"), title="Red boat")
    find(image)
    find(make_image(), FindingKind.ORIGINAL_MISSING)
    text = page(curator_client)
    assert f'<a href="/pictures/{image.pk}/">Red boat</a>' in text
    assert "ann" in text
    assert "Original is missing" in text
    assert "integrity --repair --backup FOLDER" in text


def test_the_report_shows_the_last_round(curator_client: Client) -> None:
    assert "none yet" in page(curator_client)
    IntegrityCheck.objects.update(completed_at="2026-11-20T12:34:00Z")
    assert "11/20/2026 12:34" in page(curator_client)


def test_the_check_is_started_and_paused(curator_client: Client) -> None:
    def act(action: str) -> str:
        return curator_client.post(f"{LIST}do/{action}/", follow=True).content.decode()

    make_image()
    assert "A new round begins." in act("start")
    assert "0 of 1 pictures checked" in page(curator_client)
    assert "Nothing was changed." in act("start")
    assert "The check is paused." in act("pause")
    assert IntegrityCheck.objects.get().state == JobState.PAUSED
    assert "The check continues." in act("resume")
    assert curator_client.get(f"{LIST}do/pause/").status_code == 405
    assert curator_client.post(f"{LIST}do/delete/").status_code == 403


def test_staff_see_findings_of_visible_pictures(staff: User, staff_client: Client) -> None:
    rights = Permission.objects.filter(codename="view_integrityfinding")
    staff.user_permissions.add(*rights)
    find(make_image(make_user("ann"), title="Private boat", visibility="private"))
    find(make_image(make_user("bob"), title="Public boat"))
    text = page(staff_client)
    assert "Public boat" in text
    assert "Private boat" not in text
    assert staff_client.post(f"{LIST}do/pause/").status_code == 403
