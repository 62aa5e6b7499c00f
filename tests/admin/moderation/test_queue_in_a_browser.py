from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from tests.builders import make_image, make_moderator, moderate
from tests.pages.conftest import put_files


def open_hidden(live_server: Any, page: Page) -> None:
    """As a moderator."""
    make_moderator("mo")
    page.goto(f"{live_server}/admin/login/?next=/admin/gallery/moderationdecision/?queue=hidden")
    page.fill("#id_username", "mo")
    page.fill("#id_password", "secret-of-tests")
    page.click("input[type=submit]")


@pytest.mark.browser
def test_the_keyboard_opens_and_decides(live_server: Any, page: Page, owner: User) -> None:
    first, second = (moderate(make_image(owner, title=title), "reject") for title in "ab")
    for image in (first, second):
        put_files(image)
    open_hidden(live_server, page)
    pictures = page.locator(".veil img")
    expect(pictures).to_have_count(2)
    assert "blur" in pictures.nth(1).evaluate("image => getComputedStyle(image).filter")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("o")
    assert pictures.nth(1).evaluate("image => getComputedStyle(image).filter") == "none"
    problems = Axe().run(page, context="#content").response["violations"]
    assert [problem["nodes"] for problem in problems] == []
    page.keyboard.press("u")
    expect(page.locator(".messagelist")).to_contain_text("1 picture restored: “b”")
    states = [type(first).objects.get(pk=image.pk).moderation for image in (first, second)]
    assert states == ["hidden", "visible"]
    expect(page.locator("summary").first).to_be_focused()


@pytest.mark.browser
def test_enter_in_a_field_decides_nothing(live_server: Any, page: Page, owner: User) -> None:
    image = moderate(make_image(owner), "reject")
    open_hidden(live_server, page)
    box = page.locator("[name=image][type=checkbox]")
    box.check()
    box.press("Enter")
    page.fill("[name=note]", "A note")
    page.press("[name=note]", "Enter")
    page.reload()
    assert type(image).objects.get().moderation == "hidden"
    page.get_by_role("button", name=f"Restore {image}").click()
    expect(page.locator(".messagelist")).to_contain_text("1 picture restored")


@pytest.mark.browser
def test_messages_have_the_focus(live_server: Any, page: Page, owner: User) -> None:
    image = moderate(make_image(owner), "reject")
    open_hidden(live_server, page)
    message = page.locator(".messagelist")
    page.get_by_role("button", name="Restore selected").click()
    expect(message).to_have_text("Select at least one picture.")
    expect(message).to_be_focused()
    page.get_by_role("button", name=f"Restore {image}").click()
    expect(message).to_contain_text("1 picture restored")
    expect(message).to_be_focused()  # no picture is left
    page.get_by_role("button", name="Undo").click()
    expect(message).to_have_text("Undone.")
    expect(message).to_be_focused()


@pytest.mark.browser
def test_one_decision_leaves_the_selection(live_server: Any, page: Page, owner: User) -> None:
    first, second, _ = (moderate(make_image(owner, title=title), "reject") for title in "abc")
    open_hidden(live_server, page)
    page.get_by_role("checkbox", name="b").check()
    page.fill("[name=note]", "A note")
    page.get_by_role("button", name="Restore a").click()
    expect(page.locator(".messagelist")).to_contain_text("1 picture restored: “a”")
    expect(page.get_by_role("checkbox", name="b")).to_be_checked()
    expect(page.get_by_role("checkbox", name="c")).not_to_be_checked()
    expect(page.locator("[name=note]")).to_have_value("A note")
    page.get_by_role("button", name="Restore selected").click()
    expect(page.locator(".messagelist")).to_contain_text("1 picture restored: “b”")
    expect(page.locator("[name=note]")).to_have_value("")
    assert type(first).objects.filter(moderation="hidden").count() == 1
    assert type(second).objects.get(pk=second.pk).moderation == "visible"
