"""Messages that are on a page when it loads: seen, and announced by screen readers."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.builders import make_image
from tests.pages.browser.conftest import LogIn, expect_announced

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_saved_change_is_announced(
    listener: Page, live_server: LiveServer, owner: User, log_in: LogIn
) -> None:
    log_in(owner)
    listener.goto(f"{live_server.url}{make_image(owner).get_absolute_url()}edit/")
    listener.get_by_label("Title").fill("Red boat")
    listener.get_by_role("button", name="Save").click()
    expect(listener.get_by_role("status").filter(has_text="saved")).to_be_visible()
    expect_announced(listener, "Your changes are saved.")
    expect(listener.locator(".messages")).to_be_focused()


def test_a_failed_login_is_announced(listener: Page, live_server: LiveServer, db: None) -> None:
    listener.goto(f"{live_server.url}/login/")
    listener.get_by_label("Username").fill("nobody")
    listener.get_by_label("Password").fill("wrong")
    listener.get_by_role("button", name="Log in").click()
    alert, username = listener.get_by_role("alert"), listener.get_by_text("Username", exact=True)
    expect(alert).to_contain_text("Please enter a correct username and password.")
    expect_announced(listener, "Please enter a correct username and password.")
    above, below = alert.bounding_box(), username.bounding_box()
    assert above
    assert below
    assert below["y"] - (above["y"] + above["height"]) >= 16


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_visitors_see_where_to_log_in(page: Page, live_server: LiveServer, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{live_server.url}/search/?q=boat")
    page.get_by_role("banner").get_by_role("link", name="Log in").click()
    expect(page).to_have_url(f"{live_server.url}/login/?next=/search/%3Fq%3Dboat")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.get_by_role("banner").get_by_role("link", name="Log in")).to_have_count(0)
