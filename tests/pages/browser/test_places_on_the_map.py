"""What the map shows where, and that Back and links lead to the same part of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from gallery.models import MapProjection
from tests.pages.browser.map_of_two_topics import map_page, pictures

__all__ = ["map_page", "pictures"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EVERYTHING = "area=0,0,65535,0,65535,65535,0,65535"


def test_thumbnails_and_names_do_not_overlap(map_page: Page) -> None:
    """The fixture waits for the first thumbnail."""
    for _ in range(2):
        assert map_page.evaluate(_OVERLAPS) == []
        map_page.get_by_role("button", name="Zoom out").click()
    map_page.set_viewport_size({"width": 390, "height": 844})
    map_page.get_by_role("button", name="Whole map").click()
    assert map_page.evaluate(_OVERLAPS) == []


def test_the_corner_of_a_thumbnail_belongs_to_it(map_page: Page) -> None:
    thumbnail = map_page.locator(".map-thumbnails img").first
    box = thumbnail.bounding_box()
    assert box is not None
    map_page.mouse.move(box["x"] + 2, box["y"] + 2)
    source = thumbnail.get_attribute("src") or ""
    expect(map_page.locator(".map-card")).to_have_attribute("src", source)


def test_back_restores_view_and_selection(map_page: Page) -> None:
    whole = place_of_a_name(map_page)
    map_page.locator("#map canvas").focus()
    for key in ("-", "ArrowRight", "ArrowUp"):
        map_page.keyboard.press(key)
    map_page.get_by_role("button", name="Select what is in view").click()
    selected = map_page.locator("#map-selected [role=status]").inner_text()
    zoomed = place_of_a_name(map_page)
    assert zoomed != whole
    map_page.get_by_role("link", name="Show these pictures").click()
    expect(map_page.locator("h1")).to_have_text("Pictures of the map")
    map_page.go_back()
    expect(map_page.locator("#map-selected [role=status]")).to_have_text(selected)
    assert place_of_a_name(map_page) == zoomed
    box = map_page.locator(".map-thumbnails img").first.bounding_box()
    assert box is not None
    map_page.mouse.click(box["x"] + 30, box["y"] + 30)
    expect(map_page).to_have_url(re.compile("/pictures/"))
    map_page.go_back()
    expect(map_page.locator("#map-selected [role=status]")).to_have_text(selected)
    map_page.get_by_role("button", name="Cancel the selection").click()
    map_page.get_by_role("button", name="Whole map").click()
    expect(map_page).to_have_url(re.compile("/map/$"))


def place_of_a_name(page: Page) -> str:
    """Rounded: what the address says has seven digits."""
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    style = page.locator(".map-labels > *").first.get_attribute("style") or ""
    return re.sub(r"\.\d+px", "px", style)


def test_links_lead_to_a_selection(map_page: Page, live_server: LiveServer) -> None:
    map_page.goto(f"{live_server.url}/map/pictures/?{EVERYTHING}")
    map_page.locator("main").get_by_role("link", name="Map", exact=True).click()
    expect(map_page.get_by_text("12 pictures are selected.")).to_be_visible()
    projection = MapProjection.objects.get().pk
    for fragment in (f"map={projection + 1}&{EVERYTHING}", f"map={projection}&area=1,x&view=2,,0"):
        map_page.goto(f"{live_server.url}/search/")
        map_page.goto(f"{live_server.url}/map/#{fragment}")
        expect(map_page.locator(".map-thumbnails img").first).to_be_visible()
        expect(map_page.locator("#map-selected")).to_be_hidden()


# Two frames later, everything is drawn.
_NEXT_FRAME = """
  const frame = () => new Promise(requestAnimationFrame);
  await frame();
  await frame();
"""
# The pairs of thumbnails and names that are visible and cover each other.
_OVERLAPS = (
    f"async () => {{{_NEXT_FRAME}"
    """
  const shown = [...document.querySelectorAll(".map-thumbnails img, .map-labels > :not(.covered)")];
  const boxes = shown.map((each) => each.getBoundingClientRect());
  const isApart = (one, other) => one.right <= other.left || one.bottom <= other.top;
  return boxes.flatMap((one, n) => boxes.slice(0, n)
    .filter((other) => !isApart(one, other) && !isApart(other, one))
    .map((other) => [one.toJSON(), other.toJSON()]));
}
"""
)
