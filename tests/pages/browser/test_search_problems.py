"""Searches that fail: the next one works, keeps the rest, and the person learns what happened."""

import base64
import re
import uuid

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from gallery.embeddings import spaces
from gallery.models import EmbeddingSpace
from tests.builders import make_embedding, make_image, unit_vector
from tests.pages.browser.test_uploading import DROP, boat

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SEARCH = "/search/?q=dog+is%3Alandscape&order=newest"


@pytest.fixture
def site(live_server: LiveServer, page: Page, builtin: EmbeddingSpace) -> Page:
    for number in range(30):
        image = make_image(title=f"dog {number}", width=300, height=200)
        make_embedding(image, builtin, unit_vector(number))
    return page


def drop(page: Page, data: bytes, name: str = "boat.png", kind: str = "image/png") -> None:
    page.evaluate(DROP, [name, kind, base64.b64encode(data).decode()])


def test_a_new_picture_replaces_an_expired_one(site: Page, live_server: LiveServer) -> None:
    site.goto(f"{live_server.url}/search/?picture=expired&q=dog&order=newest")
    expect(site.locator("main")).to_contain_text("This search picture has expired")
    expect(site.locator("#q")).to_have_value("dog")
    site.evaluate(DROP, boat())
    expect(site).to_have_url(re.compile(r"\?q=dog&order=newest&picture=[^&]+$"))
    expect(site.locator("#hits")).to_be_visible()


def test_a_new_text_replaces_a_missing_picture(site: Page, live_server: LiveServer) -> None:
    other = make_image()
    make_embedding(other, EmbeddingSpace.objects.get(), unit_vector(1))
    missing = uuid.uuid4()
    site.goto(f"{live_server.url}/search/?like={missing}&like={other.pk}&order=newest")
    expect(site.locator("main")).to_contain_text("Not found")
    site.locator("#q").fill("dog")
    expect(site).to_have_url(re.compile(rf"\?q=dog&like={other.pk}&order=newest$"))
    expect(site.locator("#summary")).to_be_visible()


def test_enter_tries_again_after_an_error(site: Page, live_server: LiveServer) -> None:
    EmbeddingSpace.objects.update(active=False)
    site.goto(f"{live_server.url}/search/?q=dog&mode=meaning")
    expect(site.locator("main")).to_contain_text("The search model is not available")
    EmbeddingSpace.objects.update(active=True)
    site.locator("#q").press("Enter")
    expect(site.locator("#summary")).to_be_visible()
    expect(site).to_have_url(re.compile(r"\?q=dog&mode=meaning$"))


def test_a_damaged_picture_keeps_the_search(site: Page, live_server: LiveServer) -> None:
    site.goto(live_server.url + SEARCH)
    drop(site, b"\xff\xd8\xff\xe0 no picture", "damaged.jpg", "image/jpeg")
    expect(site.locator("main .notice")).to_contain_text("damaged")
    expect(site.locator("#q")).to_have_value("dog is:landscape")
    site.evaluate(DROP, boat())
    expect(site).to_have_url(re.compile(re.escape(SEARCH) + "&picture="))


def test_a_dropped_text_file_is_refused(site: Page, live_server: LiveServer) -> None:
    site.goto(live_server.url + SEARCH)
    drop(site, b"some text", "notes.txt", "text/plain")
    status = site.locator("#search-status")
    expect(status).to_have_text("This file is not a picture.")
    expect(status).to_have_class("toast")
    expect(site).to_have_url(live_server.url + SEARCH)


def test_show_more_offline_says_so(site: Page, live_server: LiveServer) -> None:
    site.goto(f"{live_server.url}/search/?q=is:landscape&limit=20")
    site.route(re.compile("cursor="), lambda route: route.abort())
    site.get_by_role("link", name="Show more").click()
    expect(site.locator("#search-status.toast")).to_contain_text("cannot be reached")
    site.unroute(re.compile("cursor="))
    site.get_by_role("link", name="Show more").click()
    expect(site.locator("#hits .tile")).to_have_count(30)
    expect(site.locator("#search-status.toast")).to_have_count(0)


def test_the_new_page_is_announced(site: Page, live_server: LiveServer) -> None:
    site.goto(f"{live_server.url}/search/?q=dog")
    site.get_by_role("button", name="Clear the search").click()
    expect(site).to_have_url(re.compile("/search/$"))
    expect(site).to_have_title(re.compile("^Search"))
    expect(site.locator("#search-status")).to_have_text(re.compile("^Search"))


def test_an_error_is_announced(site: Page, live_server: LiveServer) -> None:
    site.goto(f"{live_server.url}/search/?q=dog")
    EmbeddingSpace.objects.update(active=False)
    spaces.forget_active()
    site.locator("#q").fill("cat")
    expect(site.locator("#search-status")).to_contain_text("The search model is not available")
