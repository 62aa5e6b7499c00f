"""Near-duplicates in the browser, with the keyboard alone."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from gallery.models import Image
from tests.builders import make_image, make_near_duplicates
from tests.pages.browser.conftest import LogIn
from tests.pages.conftest import put_files

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_another_picture_is_kept_by_keyboard(
    page: Page, live_server: LiveServer, log_in: LogIn, owner: User, console_errors: list[str]
) -> None:
    large, small = (make_image(owner, title=title) for title in ("large", "small"))
    for image in (large, small):
        put_files(image)
    make_near_duplicates(large, small)
    log_in(owner)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{live_server.url}/review/near-duplicates/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    chosen = page.locator("input[type=radio]:checked")
    chosen.focus()
    chosen.press("ArrowDown")
    page.get_by_role("button", name="Keep the selected one").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete 1 near-duplicate?")
    page.get_by_role("button", name="Delete").press("Enter")
    expect(page.locator(".messages")).to_contain_text("1 picture deleted.")
    assert Image.objects.get().title == "small"
    assert console_errors == []
