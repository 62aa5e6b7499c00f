"""Options, filters and feedback beside the results: what they apply to, and what stays."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from gallery.models import EmbeddingSpace
from tests.builders import make_embedding, make_image, unit_vector
from tests.pages.browser.test_searching import sent_searches

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def dogs(live_server: LiveServer, page: Page, builtin: EmbeddingSpace) -> Page:
    """Results for “dog”, of which some are landscapes."""
    for number in range(12):
        image = make_image(title=f"dog {number}", width=300 if number % 2 else 200, height=200)
        make_embedding(image, builtin, unit_vector(number))
    page.goto(f"{live_server.url}/search/?q=dog")
    return page


def test_back_shows_the_options_of_its_search(dogs: Page) -> None:
    dogs.get_by_label("Sort by").select_option("Date taken: newest")
    expect(dogs).to_have_url(re.compile("order=newest"))
    dogs.go_back()
    expect(dogs).to_have_url(re.compile(r"q=dog$"))
    expect(dogs.get_by_label("Sort by")).to_have_value("")
    dogs.locator("#rare-options summary").click()
    dogs.get_by_label("Compare").select_option("Meaning only")
    expect(dogs).to_have_url(re.compile(r"\?q=dog&mode=meaning$"))


def test_back_shows_the_minimum_of_its_search(dogs: Page) -> None:
    dogs.locator("#rare-options summary").click()
    dogs.get_by_label("Show similarity").check()
    expect(dogs).to_have_url(re.compile("similarity=1"))
    dogs.get_by_label("Minimum similarity").fill("0.01")
    dogs.get_by_label("Minimum similarity").press("Enter")
    expect(dogs).to_have_url(re.compile("min_similarity=0.01"))
    dogs.go_back()
    expect(dogs.get_by_label("Minimum similarity")).to_have_value("")
    dogs.go_back()
    expect(dogs.get_by_label("Show similarity")).not_to_be_checked()


def test_a_minimum_out_of_range_keeps_the_results(dogs: Page) -> None:
    sent = sent_searches(dogs)
    dogs.locator("#rare-options summary").click()
    dogs.get_by_label("Minimum similarity").fill("1.5")
    dogs.get_by_label("Sort by").focus()
    dogs.wait_for_timeout(500)
    expect(dogs.get_by_label("Minimum similarity")).to_be_focused()
    expect(dogs.locator("#results .tile").first).to_be_visible()
    assert sent == []


def test_enter_in_an_option_sends_one_request(dogs: Page) -> None:
    sent = sent_searches(dogs)
    dogs.locator("#rare-options summary").click()
    dogs.get_by_label("Minimum similarity").fill("0.01")
    dogs.get_by_label("Minimum similarity").press("Enter")
    expect(dogs).to_have_url(re.compile("min_similarity=0.01"))
    dogs.wait_for_timeout(300)
    assert len(sent) == 1


@pytest.mark.parametrize("pause", [150, 310])
def test_a_filter_joins_a_text_being_typed(dogs: Page, pause: int) -> None:
    landscape = dogs.locator("#facets").get_by_role("link", name=re.compile("Landscape"))
    expect(landscape).to_be_visible()
    dogs.locator("#q").fill("cat")
    dogs.wait_for_timeout(pause)
    landscape.click()
    expect(dogs).to_have_url(re.compile(r"\?q=cat\+is%3Alandscape$"))
    expect(dogs.locator("#q")).to_have_value("cat is:landscape")
    dogs.wait_for_timeout(500)
    expect(dogs).to_have_url(re.compile(r"\?q=cat\+is%3Alandscape$"))


def test_an_option_joins_a_text_being_typed(dogs: Page) -> None:
    dogs.locator("#q").fill("cat")
    dogs.get_by_label("Sort by").select_option("Date taken: newest")
    expect(dogs).to_have_url(re.compile(r"\?q=cat&order=newest$"))


def test_a_filter_is_removed_from_a_typed_text(dogs: Page, live_server: LiveServer) -> None:
    dogs.goto(f"{live_server.url}/search/?q=dog+is:landscape")
    dogs.locator("#q").fill("cat is:landscape")
    dogs.locator(".chip.operator").get_by_role("link").click()
    expect(dogs).to_have_url(re.compile(r"\?q=cat$"))


def test_filters_stand_beside_the_results(dogs: Page) -> None:
    assert dogs.viewport_size == {"width": 1280, "height": 860}
    filters, tile = (
        dogs.locator(place).first.bounding_box() for place in ("#filters", "#results .tile")
    )
    assert filters is not None
    assert tile is not None
    assert filters["x"] + filters["width"] <= tile["x"] or tile["x"] + tile["width"] <= filters["x"]
    assert abs(filters["y"] - tile["y"]) < 200
