"""The gallery page in the browser: Back, waiting pictures, keyboard, phones, dropped files."""

import base64
import io
import re
from collections.abc import Callable

import PIL.Image
import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from gallery.models import EmbeddingSpace, Image, State
from tests.builders import make_embedding, make_image, unit_vector
from tests.pages.browser.conftest import process_pictures
from tests.pages.browser.test_uploading import DROP, boat
from tests.pages.conftest import put_files

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def gallery(
    live_server: LiveServer,
    page: Page,
    builtin: EmbeddingSpace,
    gallery_setting: Callable[..., None],
) -> Page:
    """Thirty pictures in pages of ten."""
    gallery_setting(page_size=10)
    for number in range(30):
        make_embedding(make_image(title=f"number {number}"), builtin, unit_vector(number))
    page.goto(live_server.url)
    return page


def load_all(page: Page) -> None:
    for count in (20, 30):
        page.get_by_role("link", name="Load more").click()
        expect(page.locator("#pictures .tile")).to_have_count(count)


def test_back_from_a_picture_shows_what_was_loaded(gallery: Page) -> None:
    load_all(gallery)
    gallery.locator("#pictures a.whole").nth(25).scroll_into_view_if_needed()
    place = gallery.evaluate("scrollY")
    assert place > 0
    gallery.locator("#pictures a.whole").nth(25).press("Enter")
    expect(gallery).to_have_url(re.compile("/pictures/"))
    gallery.go_back()
    expect(gallery.locator("#pictures .tile")).to_have_count(30)
    gallery.wait_for_function(f"Math.abs(scrollY - {place}) < 2")


def test_back_returns_the_focus_to_the_tile(gallery: Page) -> None:
    load_all(gallery)
    tile = gallery.locator("#pictures a.whole").nth(15)
    address = tile.get_attribute("href")
    tile.press("Enter")
    expect(gallery).to_have_url(re.compile("/pictures/"))
    gallery.go_back()
    focused = gallery.locator("#pictures a.whole:focus")
    expect(focused).to_have_attribute("href", str(address))
    gallery.keyboard.press("ArrowRight")
    expect(gallery.locator("#pictures a.whole").nth(16)).to_be_focused()


def test_keys_move_between_pictures_and_back(gallery: Page, console_errors: list[str]) -> None:
    tiles = gallery.locator("#pictures a.whole")
    tiles.nth(4).press("Enter")
    expect(gallery).to_have_title(re.compile("^number 25 "))
    for key, title in (("ArrowRight", 24), ("ArrowRight", 23), ("ArrowLeft", 24)):
        gallery.wait_for_load_state()
        gallery.keyboard.press(key)
        expect(gallery).to_have_title(re.compile(f"^number {title} "))
    gallery.get_by_role("link", name="Next picture").click()
    expect(gallery).to_have_title(re.compile("^number 23 "))
    gallery.locator("#menu summary").click()
    gallery.keyboard.press("Escape")
    expect(gallery.locator("#menu")).not_to_have_attribute("open", "")
    gallery.locator("body").press("Escape")
    expect(gallery).to_have_title(re.compile("^Gallery"))
    expect(tiles.nth(4)).to_be_focused()
    assert [line for line in console_errors if "404" not in line] == []  # no previews in this test


def test_back_through_a_search_shows_what_was_loaded(gallery: Page) -> None:
    load_all(gallery)
    gallery.evaluate("scrollTo(0, 700)")
    gallery.keyboard.press("/")
    gallery.keyboard.type("number")
    expect(gallery).to_have_url(re.compile("q=number"))
    gallery.locator("#hits a.whole").first.press("Enter")
    expect(gallery).to_have_url(re.compile("/pictures/"))
    gallery.go_back()
    expect(gallery).to_have_url(re.compile("q=number"))
    gallery.go_back()
    expect(gallery.locator("#pictures .tile")).to_have_count(30)
    gallery.wait_for_function("Math.abs(scrollY - 700) < 2")


def test_a_waiting_tile_becomes_a_picture(
    gallery: Page, live_server: LiveServer, console_errors: list[str]
) -> None:
    image = make_image(title="new", state=State.STORED, width=None, height=None)
    gallery.goto(live_server.url)
    tile = gallery.locator(f"#tile-{image.pk}")
    expect(tile).to_contain_text("Waiting for processing")
    tile.locator("a").focus()
    put_files(image)
    Image.objects.filter(pk=image.pk).update(state=State.READY, width=60, height=40)
    expect(tile.locator("img")).to_have_attribute("alt", "new")
    expect(tile.locator("a.whole")).to_be_focused()
    expect(tile.locator("a.whole")).to_have_attribute("href", re.compile(r"\?order=newest$"))
    expect(tile.get_by_role("link", name="Pictures similar to new")).to_have_count(1)
    assert [line for line in console_errors if "404" not in line] == []


def test_the_tile_of_a_deleted_picture_disappears(gallery: Page, live_server: LiveServer) -> None:
    image = make_image(state=State.STORED, width=None, height=None)
    gallery.goto(live_server.url)
    tile = gallery.locator(f"#tile-{image.pk}")
    expect(tile).to_have_count(1)
    image.delete()
    expect(tile).to_have_count(0)


def test_a_waiting_tile_is_watched_after_back(gallery: Page, live_server: LiveServer) -> None:
    image = make_image(title="new", state=State.STORED, width=None, height=None)
    gallery.goto(live_server.url)
    gallery.locator("#q").fill("number")
    expect(gallery).to_have_url(re.compile("q=number"))
    gallery.go_back()
    put_files(image)
    Image.objects.filter(pk=image.pk).update(state=State.READY, width=60, height=40)
    expect(gallery.locator(f"#tile-{image.pk} img")).to_have_count(1)


def test_a_waiting_hit_becomes_a_picture(gallery: Page, live_server: LiveServer) -> None:
    image = make_image(title="number new", state=State.STORED, width=None, height=None)
    make_image(state=State.STORED)
    gallery.goto(f"{live_server.url}/search/?q=number+new")
    hit, notice = gallery.locator(f"#hit-{image.pk}"), gallery.locator("#pending")
    expect(notice).to_contain_text("2 pictures are still being processed")
    expect(hit.locator("a.whole")).to_contain_text("Waiting for processing")
    expect(hit.locator(".judge")).to_be_hidden()
    hit.locator("a.whole").focus()
    put_files(image)
    Image.objects.filter(pk=image.pk).update(state=State.READY, width=60, height=40)
    expect(hit.locator("img")).to_have_attribute("alt", "number new")
    expect(hit.locator("a.whole")).to_be_focused()
    expect(hit.get_by_role("link", name="More like number new")).to_have_count(1)
    expect(notice).to_contain_text("1 picture is still being processed")
    Image.objects.update(state=State.READY)
    expect(notice).to_have_count(0)


def stops_until_load_more(page: Page) -> int:
    page.locator("#q").focus()
    for count in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('[data-load-more]')"):
            return count
    pytest.fail("the link was not reached")


def test_the_pictures_are_one_tab_stop(gallery: Page) -> None:
    """Log in, menu and orders come between; of ten pictures, one tile and its button."""
    assert stops_until_load_more(gallery) <= 9
    gallery.get_by_role("link", name="Load more").click()
    expect(gallery.locator("#pictures .tile")).to_have_count(20)
    assert stops_until_load_more(gallery) <= 9


def test_tab_returns_to_the_tile_that_was_left(gallery: Page) -> None:
    gallery.locator("#pictures a.whole").first.focus()
    for _ in range(3):
        gallery.keyboard.press("ArrowRight")
    expect(gallery.get_by_text("Arrow keys move between pictures.")).to_be_visible()
    for key in ("Tab", "Tab", "Shift+Tab", "Shift+Tab"):
        gallery.keyboard.press(key)
    expect(gallery.locator("#pictures a.whole").nth(3)).to_be_focused()


def test_the_focus_is_seen_above_the_picture(gallery: Page) -> None:
    image = make_image(title="in front")
    put_files(image)
    gallery.reload(wait_until="networkidle")
    gallery.keyboard.press("Tab")
    tile = gallery.locator(f"#tile-{image.pk}")
    tile.locator("a.whole").focus()
    with PIL.Image.open(io.BytesIO(tile.screenshot())) as seen:
        assert seen.convert("RGB").getpixel((2, seen.height // 2)) == (11, 107, 98)


def test_no_button_lies_under_the_upload(
    gallery: Page, live_server: LiveServer, gallery_setting: Callable[..., None]
) -> None:
    gallery_setting(anonymous_upload=True)
    gallery.set_viewport_size({"width": 390, "height": 844})
    gallery.goto(live_server.url)
    covered = """() => {
      const float = document.querySelector(".upload-float").getBoundingClientRect();
      return [...document.querySelectorAll(".find-similar")]
        .map((button) => button.getBoundingClientRect())
        .filter((box) => box.right > float.left && box.left < float.right
          && box.bottom > float.top && box.top < float.bottom).length;
    }"""
    for place in range(0, 600, 20):
        gallery.evaluate(f"scrollTo(0, {place})")
        assert gallery.evaluate(covered) == 0


def test_the_drop_veil_covers_the_screen(gallery: Page) -> None:
    gallery.evaluate("scrollTo(0, 300)")
    gallery.evaluate("""() => {
      const carried = new DataTransfer();
      carried.items.add(new File(["x"], "x.png", { type: "image/png" }));
      document.body.dispatchEvent(
        new DragEvent("dragenter", { dataTransfer: carried, bubbles: true }));
    }""")
    expect(gallery.get_by_text("Drop to search with this picture")).to_be_visible()
    assert gallery.locator(".drop-veil").bounding_box() == {
        "x": 0, "y": 0, "width": gallery.evaluate("document.documentElement.clientWidth"),
        "height": 860,
    }  # fmt: skip


def test_a_dropped_document_is_refused_aloud(gallery: Page) -> None:
    data = base64.b64encode(b"%PDF-1.7").decode()
    gallery.evaluate(DROP, ["paper.pdf", "application/pdf", data])
    expect(gallery.locator("#search-status.toast")).to_have_text("This file is not a picture.")


def test_a_dropped_file_without_a_type_is_searched(gallery: Page) -> None:
    """As HEIC files of a phone are on Windows."""
    gallery.evaluate(DROP, ["photo.HEIC", "", boat()[2]])
    expect(gallery).to_have_url(re.compile(r"/search/\?picture="))


def test_an_untitled_tile_names_its_picture(gallery: Page, live_server: LiveServer) -> None:
    image = make_image(title="", created_at="2026-05-04T12:00:00Z")
    gallery.goto(f"{live_server.url}/?order=oldest")
    tile = gallery.locator(f"#tile-{image.pk}")
    tile.hover()
    expect(tile.locator(".title")).to_have_text("Picture uploaded on May 4, 2026")
    expect(tile.locator(".title")).to_have_css("opacity", "1")


def test_an_uploaded_picture_appears_without_a_reload(
    gallery: Page, live_server: LiveServer, gallery_setting: Callable[..., None]
) -> None:
    gallery_setting(anonymous_upload=True)
    gallery.goto(f"{live_server.url}/upload/")
    gallery.evaluate(DROP, boat())
    expect(gallery.locator(".outcome")).to_contain_text("Waiting for processing")
    gallery.goto(live_server.url)
    expect(gallery.locator("#pictures .tile").first).to_contain_text("Waiting for processing")
    process_pictures()
    expect(gallery.locator("#pictures .tile").first.locator("img")).to_be_visible()
