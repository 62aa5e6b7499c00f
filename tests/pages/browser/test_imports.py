"""The list of imports, which is loaded again every few seconds, in the browser."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from gallery.models import ImportJob
from tests.pages.browser.conftest import LogIn, expect_announced

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def job(owner: User) -> ImportJob:
    return ImportJob.objects.create(owner=owner, kind="csv", name="lakes.csv", source="/nowhere")


@pytest.fixture
def imports(
    listener: Page, live_server: LiveServer, owner: User, log_in: LogIn, job: ImportJob
) -> Page:
    log_in(owner)
    listener.goto(f"{live_server.url}/imports/")
    return listener


def test_a_completed_import_is_announced(
    imports: Page, job: ImportJob, console_errors: list[str]
) -> None:
    imports.get_by_role("button", name="Pause").focus()
    ImportJob.objects.update(completed_at=timezone.now())
    expect_announced(imports, "lakes.csv: complete")
    expect(imports.locator(f"#import-{job.pk}")).to_be_focused()
    assert console_errors == []


def test_the_end_of_a_deletion_is_announced(imports: Page, job: ImportJob) -> None:
    imports.get_by_role("link", name="Delete").focus()
    ImportJob.objects.all().delete()
    expect_announced(imports, "lakes.csv: deleted")
    expect(imports.get_by_role("heading", name="Your imports")).to_be_focused()


def test_focus_stays_where_nothing_changes(imports: Page, job: ImportJob) -> None:
    pause = imports.get_by_role("button", name="Pause")
    pause.focus()
    ImportJob.objects.update(rows_read=7)
    expect(imports.get_by_text("7", exact=True)).to_be_visible()
    expect(pause).to_be_focused()
    assert imports.evaluate("window.announced") == []


def test_pausing_keeps_the_place(imports: Page, job: ImportJob) -> None:
    imports.get_by_role("button", name="Pause").press("Enter")
    expect(imports.get_by_role("button", name="Resume")).to_be_visible()
    expect(imports.locator(f"#import-{job.pk}")).to_be_focused()


def test_a_login_leads_back_to_the_list(imports: Page, owner: User) -> None:
    imports.context.clear_cookies()
    expect(imports.get_by_label("Username")).to_be_visible()
    owner.set_password("walrus-teapot")
    owner.save()
    imports.get_by_label("Username").fill(owner.username)
    imports.get_by_label("Password").fill("walrus-teapot")
    imports.get_by_role("button", name="Log in").click()
    expect(imports.get_by_role("heading", name="Your imports")).to_be_visible()
