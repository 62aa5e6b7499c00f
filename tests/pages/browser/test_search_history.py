"""Searches shown without loading the page again: history, stale answers, what stays."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from gallery.models import EmbeddingSpace
from tests.builders import make_embedding, make_image, unit_vector
from tests.pages.browser.test_uploading import DROP, boat

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SETTLED = 1700  # milliseconds after which a typed search has its own history entry


@pytest.fixture
def gallery(live_server: LiveServer, page: Page, builtin: EmbeddingSpace) -> Page:
    for number in range(30):
        make_embedding(make_image(title=f"number {number}"), builtin, unit_vector(number))
    page.goto(live_server.url)
    return page


def search_for(page: Page, text: str) -> None:
    page.locator("#q").fill(text)
    expect(page).to_have_title(re.compile(f"^{text}"))
    page.wait_for_timeout(SETTLED)


def test_back_returns_to_the_scrolled_gallery(gallery: Page) -> None:
    gallery.evaluate("window.same = true; scrollTo(0, 500)")
    gallery.keyboard.press("/")
    gallery.keyboard.type("boat")
    expect(gallery).to_have_url(re.compile(r"/search/\?q=boat"))
    expect(gallery.locator("#hits .tile")).to_have_count(30)
    assert gallery.evaluate("scrollY") == 0
    gallery.go_back()
    expect(gallery).to_have_title(re.compile("^Gallery"))
    expect(gallery.locator("#q")).to_have_value("")
    assert gallery.evaluate("scrollY") == 500
    assert gallery.evaluate("window.same")


def test_each_settled_search_has_one_entry(gallery: Page) -> None:
    search_for(gallery, "cat")
    search_for(gallery, "dog")
    gallery.go_back()
    expect(gallery).to_have_title(re.compile("^cat"))
    expect(gallery.locator("#q")).to_have_value("cat")
    gallery.go_forward()
    expect(gallery.locator("#q")).to_have_value("dog")
    gallery.go_back()
    gallery.go_back()
    expect(gallery).to_have_title(re.compile("^Gallery"))


def test_an_unfinished_text_has_no_entry(gallery: Page) -> None:
    gallery.locator("#q").fill("ca")
    expect(gallery).to_have_title(re.compile("^ca –"))
    search_for(gallery, "cat")
    gallery.go_back()
    expect(gallery).to_have_title(re.compile("^Gallery"))


def test_back_works_after_a_reload(gallery: Page) -> None:
    search_for(gallery, "cat")
    search_for(gallery, "dog")
    gallery.reload()
    gallery.go_back()
    expect(gallery).to_have_title(re.compile("^cat"))
    expect(gallery.locator("#q")).to_have_value("cat")
    expect(gallery.locator("#hits .tile")).to_have_count(30)


def test_a_picture_and_a_text_are_combined(gallery: Page) -> None:
    gallery.evaluate(DROP, boat())
    expect(gallery).to_have_url(re.compile(r"/search/\?picture="))
    with_picture = gallery.url
    gallery.locator("#q").fill("red")
    expect(gallery).to_have_url(re.compile(r"q=red.*picture=|picture=.*q=red"))
    gallery.go_back()
    expect(gallery).to_have_url(with_picture)
    expect(gallery.locator("#q")).to_have_value("")


def test_a_dropped_picture_joins_the_text(gallery: Page) -> None:
    search_for(gallery, "red")
    gallery.evaluate(DROP, boat())
    expect(gallery).to_have_url(re.compile(r"q=red&picture="))
    gallery.go_back()
    expect(gallery).to_have_url(re.compile(r"q=red$"))


def test_a_stale_answer_is_dropped(gallery: Page) -> None:
    def slow(route: Route) -> None:
        time.sleep(1)
        route.continue_()

    gallery.route(re.compile("q=slow"), slow)
    gallery.locator("#q").fill("slow")
    gallery.wait_for_timeout(500)
    gallery.locator("#q").fill("quick")
    expect(gallery).to_have_title(re.compile("^quick"))
    gallery.wait_for_timeout(1200)
    expect(gallery).to_have_title(re.compile("^quick"))
    expect(gallery).to_have_url(re.compile("q=quick"))


def test_a_lost_connection_is_announced(gallery: Page) -> None:
    gallery.route(re.compile("/search/"), lambda route: route.abort())
    gallery.locator("#q").fill("boat")
    status = gallery.locator("#search-status")
    expect(status).to_contain_text("cannot be reached")
    box = status.bounding_box()
    assert box is not None
    assert box["y"] > 200, "the search box stays free"
    gallery.unroute(re.compile("/search/"))
    gallery.locator("#q").press("Enter")
    expect(gallery).to_have_title(re.compile("^boat"))


def test_the_result_is_announced(gallery: Page) -> None:
    search_for(gallery, "boat")
    expect(gallery.locator("#search-status")).to_contain_text("ms")


def test_the_language_switch_keeps_the_search(gallery: Page) -> None:
    search_for(gallery, "boat")
    gallery.locator("#menu summary").click()
    gallery.get_by_role("button", name="简体中文").click()
    expect(gallery).to_have_url(re.compile("q=boat"))


def test_clearing_the_box_ends_the_search(gallery: Page) -> None:
    search_for(gallery, "boat")
    gallery.get_by_role("button", name="Clear the search").click()
    expect(gallery).to_have_url(re.compile("/search/$"))
    expect(gallery.locator("#q")).to_be_focused()


def test_an_upload_continues_during_a_search(
    gallery: Page, live_server: LiveServer, gallery_setting: Callable[..., None]
) -> None:
    gallery_setting(anonymous_upload=True)
    gallery.goto(f"{live_server.url}/upload/")
    gallery.evaluate(DROP, boat())
    expect(gallery.locator(".outcome")).to_contain_text("Waiting for processing")
    search_for(gallery, "boat")
    gallery.go_back()
    expect(gallery.locator(".outcome")).to_contain_text("Waiting for processing")


def test_a_new_text_drops_a_wrong_parameter(gallery: Page, live_server: LiveServer) -> None:
    gallery.goto(f"{live_server.url}/search/?q=cat&order=newest&wrong=1")
    expect(gallery.locator("main")).to_contain_text("the parameter “wrong” is unknown")
    gallery.locator("#q").fill("boat")
    expect(gallery).to_have_url(re.compile(r"\?q=boat&order=newest$"))
