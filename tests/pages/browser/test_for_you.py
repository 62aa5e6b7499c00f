"""Likes in the feed and on the page of a picture, with the keyboard alone."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from gallery.models import Image, Reaction
from tests.builders import make_embedding, make_image, make_space, unit_vector
from tests.pages.browser.conftest import LogIn
from tests.pages.conftest import put_files

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pictures(owner: User) -> list[Image]:
    space = make_space()
    pictures = [make_image(owner, title=f"number {number}") for number in range(3)]
    for number, image in enumerate(pictures):
        make_embedding(image, space, unit_vector(number))
        put_files(image)
    return pictures


def test_the_key_likes_and_undoes(
    page: Page,
    live_server: LiveServer,
    log_in: LogIn,
    owner: User,
    pictures: list[Image],
    console_errors: list[str],
) -> None:
    log_in(owner)
    page.goto(live_server.url + "/for-you/")
    page.evaluate("window.isSamePage = true")
    second = page.locator(".tile").nth(1)
    second.locator("a.whole").focus()
    page.keyboard.press("l")
    button = second.get_by_role("button", name="Like", exact=True)
    expect(button).to_have_attribute("aria-pressed", "true")
    assert [each.image.title for each in Reaction.objects.select_related("image")] == [
        second.locator(".title").inner_text()
    ]
    assert page.evaluate("window.isSamePage")
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_be_focused()
    page.goto(live_server.url + pictures[0].get_absolute_url())
    page.keyboard.press("l")
    shown = page.locator("#picture article").get_by_role("button", name="Like", exact=True)
    expect(shown).to_have_attribute("aria-pressed", "true")
    assert [each.image for each in Reaction.objects.all()] == [pictures[0]]
    assert console_errors == []


def test_all_tiles_are_one_stop(
    page: Page, live_server: LiveServer, log_in: LogIn, owner: User, pictures: list[Image]
) -> None:
    log_in(owner)
    page.goto(live_server.url + "/for-you/")
    page.locator(".tile a.whole").first.focus()
    for name in ("Like", "Dislike"):
        page.keyboard.press("Tab")
        expect(
            page.locator(".tile").first.get_by_role("button", name=name, exact=True)
        ).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".tile [aria-pressed=true]")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.tile')") is None
