"""The map in a browser: drawing, zooming, selecting and opening pictures, and the list without."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from gallery.models import EmbeddingSpace, Image, ImageTag
from tests.builders import make_embedded, make_tag, tag_image
from tests.map.conftest import near, update_all
from tests.pages.browser.conftest import LogIn
from tests.pages.conftest import put_files

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pictures(owner: User, builtin: EmbeddingSpace) -> list[Image]:
    """Two topics of six pictures each."""
    vectors = [near(topic, number) for topic in (1, 2) for number in range(6)]
    sizes = {"width": 300, "height": 200, "format": "png"}
    images = make_embedded(builtin, vectors, owner=owner, title="a boat", **sizes)
    tag = make_tag("beach")
    for image in images[:6]:
        tag_image(image, tag)
    for image in images:
        put_files(image)
    update_all()
    return images


@pytest.fixture
def map_page(live_server: LiveServer, page: Page, pictures: list[Image]) -> Page:
    page.goto(f"{live_server.url}/map/")
    expect(page.locator(".map-thumbnails img").first).to_be_visible()
    return page


def test_the_map_is_drawn(map_page: Page, console_errors: list[str]) -> None:
    expect(map_page.locator(".map-labels", has_text="beach")).to_have_count(1)
    expect(map_page.get_by_role("alert")).to_have_count(0)
    colours = map_page.evaluate(_COLOURS)
    assert colours > 100
    assert console_errors == []


def test_the_pointer_shows_and_opens_a_picture(map_page: Page) -> None:
    place = map_page.locator(".map-thumbnails img").first.bounding_box()
    assert place is not None
    middle = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    map_page.mouse.move(*middle)
    expect(map_page.locator(".map-card")).to_be_visible()
    map_page.mouse.click(*middle)
    expect(map_page).to_have_url(re.compile(r"/pictures/[0-9a-f-]{36}/"))


def test_a_lasso_leads_to_its_pictures(
    map_page: Page, pictures: list[Image], owner: User, log_in: LogIn
) -> None:
    log_in(owner)
    map_page.reload()
    expect(map_page.locator(".map-thumbnails img").first).to_be_visible()
    map_page.get_by_role("button", name="Draw around pictures").click()
    box = map_page.locator("#map canvas").bounding_box()
    assert box is not None
    left, top = box["x"] + 4, box["y"] + 4
    right, bottom = box["x"] + box["width"] - 4, box["y"] + box["height"] - 4
    map_page.mouse.move(left, top)
    map_page.mouse.down()
    for corner in ((right, top), (right, bottom), (left, bottom)):
        map_page.mouse.move(*corner, steps=5)
    map_page.mouse.up()
    expect(map_page.get_by_text("12 pictures are selected.")).to_be_visible()
    map_page.get_by_role("link", name="Show these pictures").click()
    expect(map_page.locator("#pictures > li")).to_have_count(12)
    map_page.get_by_label("Add a tag").fill("holiday")
    map_page.get_by_role("button", name="Add").click()
    expect(map_page.get_by_text("12 pictures have the tag “holiday” now.")).to_be_visible()
    assert ImageTag.objects.filter(tag__name="holiday").count() == 12


def test_the_keyboard_moves_zooms_and_selects(map_page: Page) -> None:
    map_page.locator("#map canvas").focus()
    before = map_page.locator(".map-labels > *").first.get_attribute("style")
    map_page.keyboard.press("ArrowRight")
    expect(map_page.locator(".map-labels > *").first).not_to_have_attribute("style", before or "")
    map_page.keyboard.press("0")
    expect(map_page.locator(".map-labels > *").first).to_have_attribute("style", before or "")
    for _ in range(12):
        map_page.keyboard.press("+")
    map_page.get_by_role("button", name="Select what is in view").click()
    expect(map_page.locator("#map-selected [role=status]")).not_to_have_text("")
    expect(map_page.get_by_text("12 pictures are selected.")).to_have_count(0)
    map_page.get_by_role("button", name="Cancel the selection").click()
    expect(map_page.locator("#map-selected")).to_be_hidden()


def test_without_scripts_there_are_groups(
    live_server: LiveServer, browser: Browser, pictures: list[Image]
) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/map/")
    expect(page.locator("#map")).to_be_hidden()
    page.locator(".map-groups").get_by_role("link", name="beach").first.click()
    expect(page.locator("#pictures > li").first).to_be_visible()
    page.context.close()


# Pixels of the canvas that are not empty, after one more frame.
_COLOURS = """
() => new Promise((resolve) => {
  const canvas = document.querySelector("#map canvas"), copy = document.createElement("canvas");
  [copy.width, copy.height] = [canvas.width, canvas.height];
  document.querySelector('[data-map="all"]').click();
  requestAnimationFrame(() => {
    const context = copy.getContext("2d");
    context.drawImage(canvas, 0, 0);
    const pixels = context.getImageData(0, 0, copy.width, copy.height).data;
    resolve(pixels.filter((value, n) => n % 4 === 3 && value > 0).length);
  });
})
"""
