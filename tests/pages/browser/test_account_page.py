"""The account page in the browser: a new token is copied, a wrong form shows where it is wrong."""

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.pages.browser.conftest import LogIn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def account(page: Page, live_server: LiveServer, owner: User, log_in: LogIn) -> Page:
    log_in(owner)
    page.goto(f"{live_server.url}/account/")
    return page


def test_a_new_token_is_copied(
    account: Page, context: BrowserContext, console_errors: list[str]
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    account.get_by_label("Name").fill("kiosk")
    account.get_by_role("button", name="Create token").click()
    expect(account.get_by_role("region", name="Your new token “kiosk”")).to_be_focused()
    expect(account.get_by_role("button", name="Copy")).to_be_visible()
    account.keyboard.press("Tab")
    account.keyboard.press("Enter")
    expect(account.locator(".new-token").get_by_role("status")).to_have_text("Copied")
    token = account.locator("#new-token").inner_text()
    assert account.evaluate("navigator.clipboard.readText()") == token
    account.locator("#menu summary").click()
    account.get_by_role("button", name="简体中文").click()
    expect(account.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(account.locator(".tokens")).to_contain_text("kiosk")
    assert console_errors == []


def test_a_wrong_field_is_marked_and_focused(account: Page) -> None:
    account.get_by_label("Name").fill(" ")
    account.get_by_role("button", name="Create token").click()
    field, error = account.get_by_label("Name"), account.get_by_text("This field is required.")
    expect(field).to_be_focused()
    expect(field).to_have_css("border-top-color", "rgb(179, 38, 30)")
    expect(field).to_have_accessible_description(re.compile("This field is required."))
    below, above = error.bounding_box(), field.bounding_box()
    assert above
    assert below
    assert below["y"] - (above["y"] + above["height"]) < 12
