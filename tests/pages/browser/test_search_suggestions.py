"""Recent and example searches under the search box."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from gallery.models import EmbeddingSpace
from tests.builders import make_embedding, make_image, unit_vector

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def gallery(live_server: LiveServer, page: Page, builtin: EmbeddingSpace) -> Page:
    make_embedding(make_image(), builtin, unit_vector(1))
    page.goto(live_server.url)
    return page


def search_for(page: Page, text: str) -> None:
    page.locator("#q").fill(text)
    page.locator("#q").press("Enter")
    expect(page).to_have_title(re.compile(f"^{text}"))


def expect_recent(page: Page, *texts: str) -> None:
    expect(page.locator("#recent-searches [role=option] .words")).to_have_text(list(texts))


def test_the_focused_box_offers_examples(gallery: Page) -> None:
    gallery.keyboard.press("/")
    expect(gallery.get_by_role("option", name="a cat at sunset")).to_be_visible()
    expect(gallery.locator("#q")).to_have_attribute("aria-expanded", "true")
    gallery.keyboard.press("Escape")
    expect(gallery.get_by_role("option", name="a cat at sunset")).to_be_hidden()
    expect(gallery.locator("#q")).to_be_focused()


def test_arrow_keys_choose_a_suggestion(gallery: Page) -> None:
    search_for(gallery, "boat")
    gallery.locator("#q").fill("")
    box = gallery.locator("#q")
    for key in ("ArrowDown", "ArrowDown", "ArrowUp"):
        box.press(key)
    expect(box).to_have_attribute("aria-activedescendant", "recent-0")
    expect(gallery.locator("#recent-0")).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(box).to_have_value("boat")
    expect(gallery).to_have_title(re.compile("^boat"))
    expect(gallery.locator("#suggestions")).to_be_hidden()


def test_recent_searches_stay_on_other_pages(gallery: Page, live_server: LiveServer) -> None:
    for text in ("boat", "tree", "boat"):
        search_for(gallery, text)
    gallery.goto(live_server.url)
    gallery.locator("#q").click()
    expect_recent(gallery, "boat", "tree")


def test_recent_searches_can_be_forgotten(gallery: Page, live_server: LiveServer) -> None:
    for text in ("boat", "tree", "house"):
        search_for(gallery, text)
    gallery.goto(live_server.url)
    gallery.locator("#q").press("ArrowDown")
    gallery.locator("#q").press("Delete")
    expect_recent(gallery, "tree", "boat")
    gallery.locator("#recent-searches .forget-one").first.click()
    expect_recent(gallery, "boat")
    gallery.get_by_role("button", name="Forget recent searches").click()
    expect_recent(gallery)
    assert gallery.evaluate("localStorage.getItem('recent-searches')") == "[]"


def test_an_unfinished_text_is_no_recent_search(gallery: Page) -> None:
    gallery.locator("#q").fill("bo")
    expect(gallery).to_have_title(re.compile("^bo –"))
    search_for(gallery, "boat")
    gallery.locator("#q").fill("")
    expect(gallery.get_by_role("option", name="boat")).to_be_visible()
    expect_recent(gallery, "boat")


def test_axe_finds_nothing_in_suggestions(gallery: Page) -> None:
    gallery.emulate_media(reduced_motion="reduce")
    search_for(gallery, "boat")
    gallery.locator("#q").fill("")
    expect(gallery).to_have_url(re.compile("/search/$"))
    gallery.locator("#q").press("ArrowDown")
    violations = Axe().run(gallery).response["violations"]
    assert [(violation["id"], violation["nodes"][0]["html"]) for violation in violations] == []
