"""The map in a browser: drawing, zooming, selecting and opening pictures, and the list without."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from gallery.models import Image, ImageTag, MapPoint
from tests.pages.browser.conftest import LogIn
from tests.pages.browser.map_of_two_topics import map_page, pictures

__all__ = ["map_page", "pictures"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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
    """Around the left half of the map, where one topic is."""
    log_in(owner)
    map_page.reload()
    expect(map_page.locator(".map-thumbnails img").first).to_be_visible()
    map_page.get_by_role("button", name="Draw around pictures").click()
    box = map_page.locator("#map canvas").bounding_box()
    assert box is not None
    left, top = box["x"] + 4, box["y"] + 4
    right, bottom = box["x"] + box["width"] / 2, box["y"] + box["height"] - 4
    draw(map_page, (left, top), (right, top), (right, bottom), (left, bottom))
    expect(map_page.get_by_text("6 pictures are selected.")).to_be_visible()
    map_page.get_by_role("link", name="Show these pictures").click()
    expect(map_page.locator("#pictures > li")).to_have_count(6)
    x_of = dict(MapPoint.objects.values_list("image", "x"))
    topics = [{image.pk for image in pictures[:6]}, {image.pk for image in pictures[6:]}]
    leftmost = min(topics, key=lambda topic: sum(x_of[key] for key in topic))
    map_page.get_by_label("Add a tag").fill("holiday")
    map_page.get_by_role("button", name="Add").click()
    expect(map_page.get_by_text("6 pictures have the tag “holiday” now.")).to_be_visible()
    tagged = ImageTag.objects.filter(tag__name="holiday").values_list("image", flat=True)
    assert set(tagged) == leftmost


def draw(page: Page, start: tuple[float, float], *corners: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    for corner in corners:
        page.mouse.move(*corner, steps=5)
    page.mouse.up()


def test_browser_and_database_select_the_same(map_page: Page) -> None:
    """Inside a line that crosses itself, and on its border."""
    corners = [(0, 0), (6, 0), (6, 6), (2, 6), (2, 2), (8, 2), (4, 4), (0, 5), (3, 3)]
    places = [(x, y) for x in range(9) for y in range(8)]
    script = "([places, corners]) => places.map(([x, y]) => isInside(x, y, corners))"
    inside = map_page.evaluate(script, [places, corners])
    polygon = f"({','.join(map(str, corners))})"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(%s::polygon @> point(x, y) ORDER BY x, y)"
            " FROM generate_series(0, 8) AS x, generate_series(0, 7) AS y",
            [polygon],
        )
        assert cursor.fetchone() == (inside,)
    assert {True, False} == set(inside)


def test_the_theme_changes_all_colours(map_page: Page) -> None:
    map_page.get_by_role("button", name="Select what is in view").click()
    label = map_page.locator(".map-labels > *").first
    before, pixels = label.get_attribute("style"), map_page.evaluate(_BRIGHTNESS)
    map_page.evaluate("document.documentElement.dataset.theme = 'dark'")
    map_page.wait_for_function(
        "style => document.querySelector('.map-labels > *').style.cssText !== style", arg=before
    )
    assert map_page.evaluate(_BRIGHTNESS) != pixels
    expect(map_page.get_by_text("12 pictures are selected.")).to_be_visible()


def test_slow_frames_have_fewer_points(map_page: Page) -> None:
    """Each takes half a second, as on a machine without a graphics card."""
    assert map_page.evaluate(_SLOW_FRAMES) == [100_000, 1_000, "all"]


def test_a_lost_graphics_context_is_restored(map_page: Page) -> None:
    pixels = map_page.evaluate(_COLOURS)
    map_page.evaluate(_LOSE)
    assert map_page.evaluate(_COLOURS) == pixels


def test_the_card_stays_at_its_picture(map_page: Page) -> None:
    thumbnail = map_page.locator(".map-thumbnails img").first
    place = thumbnail.bounding_box()
    assert place is not None
    map_page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    card = map_page.locator(".map-card")
    expect(card).to_be_visible()
    before = card.get_attribute("style") or ""
    map_page.locator("#map canvas").press("ArrowRight")
    expect(card).not_to_have_attribute("style", before)


def test_a_map_that_is_not_loaded_does_nothing(
    live_server: LiveServer, page: Page, pictures: list[Image]
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route("**/map/points/", lambda route: route.abort())
    page.goto(f"{live_server.url}/map/")
    expect(page.get_by_role("alert")).to_have_text(re.compile("could not be loaded"))
    expect(page.get_by_role("button", name="Draw around pictures")).to_be_disabled()
    box = page.locator("#map canvas").bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    draw(page, middle, (middle[0] + 50, middle[1] + 50))
    for key in ("ArrowRight", "0", "+", "Enter", "Escape"):
        page.locator("#map canvas").dispatch_event("keydown", {"key": key, "bubbles": True})
    assert errors == []


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


def test_a_phone_shows_what_is_selected(map_page: Page) -> None:
    map_page.set_viewport_size({"width": 390, "height": 844})
    map_page.get_by_role("button", name="Select what is in view").click()
    expect(map_page.get_by_text("12 pictures are selected.")).to_be_in_viewport(ratio=1)
    link = map_page.get_by_role("link", name="Show these pictures")
    expect(link).to_be_in_viewport(ratio=1)
    link.click(trial=True)  # nothing covers it


def test_without_scripts_there_are_groups(
    live_server: LiveServer, browser: Browser, pictures: list[Image]
) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/map/")
    expect(page.locator("#map")).to_be_hidden()
    page.locator(".map-groups").get_by_role("link", name="beach").first.click()
    expect(page.locator("#pictures > li").first).to_be_visible()
    page.context.close()


# The numbers of a frame of the canvas, 4 for each pixel, reduced by the function that follows.
_FRAME = """
() => new Promise((resolve) => {
  const canvas = document.querySelector("#map canvas"), copy = document.createElement("canvas");
  [copy.width, copy.height] = [canvas.width, canvas.height];
  document.querySelector('[data-map="all"]').click();
  requestAnimationFrame(() => {
    const context = copy.getContext("2d");
    context.drawImage(canvas, 0, 0);
    const pixels = context.getImageData(0, 0, copy.width, copy.height).data;
    resolve(%s);
  });
})
"""
# Pixels that are not empty.
_COLOURS = _FRAME % "pixels.filter((value, n) => n % 4 === 3 && value > 0).length"
_BRIGHTNESS = _FRAME % "pixels.reduce((sum, value, n) => sum + (n % 4 < 3 ? value : 0), 0)"
_SLOW_FRAMES = """
() => new Promise((resolve) => {
  const frames = [], counts = [];
  window.requestAnimationFrame = (frame) => frames.push(frame);
  const pace = new MapPace(100000, () => resolve([counts[0], counts.at(-1), "all"]));
  for (let now = 0; now < 20000; now += 500) {
    frames.shift()?.(now);
    counts.push(pace.next(now));
  }
  frames.shift()(20000);
})
"""
_LOSE = """
async () => {
  const canvas = document.querySelector("#map canvas");
  const extension = canvas.getContext("webgl").getExtension("WEBGL_lose_context");
  for (const [name, act] of [["lost", "loseContext"], ["restored", "restoreContext"]]) {
    const event = new Promise((done) => canvas.addEventListener(`webglcontext${name}`, done));
    extension[act]();
    await event;
    await new Promise((done) => setTimeout(done));
  }
}
"""
