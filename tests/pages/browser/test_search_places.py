"""Feedback and near-duplicates far down in the results: the place stays. The engine is replaced,
because weak hits and near-duplicates on later pages are needed."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from gallery.models import EmbeddingSpace, Image, User
from gallery.search import engine
from gallery.search.query import Band, Hit, Reason, ResultPage, SearchQuery, Total
from tests.builders import make_image
from tests.pages.conftest import put_files

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def results(
    live_server: LiveServer, page: Page, builtin: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
) -> Page:
    """One strong hit and many weak ones on pages of twelve; the last one has a near-duplicate."""
    images = [make_image(title=f"number {number:02}") for number in range(40)]
    for image in images:
        put_files(image)

    def search(query: SearchQuery, user: User) -> ResultPage:
        shown = [image for image in images if image.pk not in query.disliked]
        hits = [_hit(image, copies=int(query.fold and image == images[-1])) for image in shown]
        start = int(query.cursor or 0)
        end = start + 12
        return ResultPage(
            hits[start:end], "builtin", 1.0, query=query, total=Total(41, exact=True),
            next=str(end) if end < len(hits) else "",
        )  # fmt: skip

    monkeypatch.setattr(engine, "search", search)
    page.goto(f"{live_server.url}/search/?q=boat")
    return page


def _hit(image: Image, *, copies: int) -> Hit:
    band = Band.STRONG if image.title == "number 00" else Band.WEAK
    return Hit(image, 0.5, band, (Reason.MEANING,), copies)


def dislike(page: Page, name: str) -> None:
    page.locator(".tile", has=page.get_by_role("link", name=f"Less like {name}")).hover()
    page.get_by_role("link", name=f"Less like {name}").click()


def test_weak_hits_are_judged_in_a_row(results: Page) -> None:
    results.locator("#weak summary").click()
    results.get_by_role("link", name="Show more").click()
    expect(results.locator("#weak-hits .tile")).to_have_count(23)
    results.locator("#weak-hits .tile").nth(17).scroll_into_view_if_needed()
    dislike(results, "number 16")
    expect(results.locator(".chip.less")).to_have_count(1)
    expect(results.locator("#weak-hits .tile")).to_have_count(23)
    expect(results.get_by_role("link", name="Less like number 17")).to_be_in_viewport()
    dislike(results, "number 17")
    expect(results.locator(".chip.less")).to_have_count(2)
    expect(results.get_by_role("link", name="Less like number 18")).to_be_in_viewport()


def test_the_next_hit_takes_the_focus(results: Page) -> None:
    results.locator("#weak summary").click()
    results.get_by_role("link", name="Less like number 05").press("Enter")
    expect(results.locator(".chip.less")).to_have_count(1)
    expect(results.get_by_role("link", name="Less like number 06")).to_be_focused()


def test_near_duplicates_are_shown_at_their_place(results: Page) -> None:
    results.locator("#weak summary").click()
    for count in (23, 35, 39):
        results.get_by_role("link", name="Show more").click()
        expect(results.locator("#weak-hits .tile")).to_have_count(count)
    results.get_by_role("link", name="+1 similar").click()
    expect(results).to_have_url(re.compile("fold=0#hit-"))
    expect(results.locator("#weak-hits .tile").last).to_be_in_viewport()
    expect(results.locator("#weak-hits .tile")).to_have_count(39)
