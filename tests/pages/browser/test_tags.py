"""Decisions about tags in the browser, with the keyboard alone."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from gallery.models import Image, ImageTag, Tag, TagScoring, TagSource, TagState
from tests.builders import make_embedding, make_image, make_space, make_tag, tag_image, unit_vector
from tests.pages.browser.conftest import LogIn
from tests.pages.conftest import put_files

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAMES = ("beach", "boat", "dog")


@pytest.fixture
def image(owner: User) -> Image:
    """A picture with three suggestions; another one has the tag "beach"."""
    space = make_space()
    image, other = make_image(owner, title="ours"), make_image(owner, title="the other one")
    for seed, each in enumerate((image, other)):
        make_embedding(each, space, unit_vector(seed))
        put_files(each)
    measured = {"space": space, "prompts": "x", "median": 0.1, "spread": 0.05, "threshold": 0.2}
    for number, name in enumerate(NAMES):
        tag = make_tag(name)
        TagScoring.objects.create(tag=tag, vector=unit_vector(number), **measured)
        suggested = {"state": TagState.SUGGESTED, "source": TagSource.ZERO_SHOT}
        tag_image(image, tag, score=0.4 - number / 10, **suggested)
    tag_image(other, ImageTag.objects.get(tag__name="beach").tag)
    return image


@pytest.fixture
def shown(page: Page, live_server: LiveServer, log_in: LogIn, owner: User, image: Image) -> Page:
    """The page of the picture, marked so that a reload would be noticed."""
    log_in(owner)
    page.goto(live_server.url + image.get_absolute_url())
    page.evaluate("window.isSamePage = true")
    return page


def test_suggestions_are_decided_one_after_another(shown: Page, console_errors: list[str]) -> None:
    shown.get_by_role("button", name="Add beach").focus()
    shown.keyboard.press("Enter")
    expect(shown.get_by_role("link", name="beach")).to_be_visible()
    expect(shown.get_by_role("button", name="Add boat")).to_be_focused()
    status = shown.locator("#tag-message")
    expect(status).to_contain_text("The picture has the tag “beach” now.")
    status.get_by_role("button", name="Undo").press("Enter")
    expect(shown.get_by_role("button", name="Add beach")).to_be_focused()
    expect(status).to_have_text("Undone.")
    expect(shown.get_by_role("link", name="beach")).to_have_count(0)
    assert shown.evaluate("window.isSamePage")
    assert console_errors == []


def test_the_field_keeps_the_focus_for_more_tags(shown: Page, console_errors: list[str]) -> None:
    field = shown.get_by_role("combobox", name="Add a tag")
    for name in ("dog", "my holiday"):
        field.fill(name)
        field.press("Enter")
        expect(shown.get_by_role("link", name=name)).to_be_visible()
        expect(field).to_be_focused()
        expect(field).to_have_value("")
    shown.get_by_role("button", name="Remove the tag my holiday").press("Enter")
    expect(shown.get_by_role("button", name="Remove the tag dog")).to_be_focused()
    assert shown.evaluate("window.isSamePage")
    assert console_errors == []


def test_why_shows_the_nearest_picture_with_the_tag(shown: Page, console_errors: list[str]) -> None:
    shown.get_by_text("Why?").first.press("Enter")
    reason = shown.locator(".tag-suggestions details[open]")
    expect(reason).to_contain_text("with a similarity of 0.40. This tag is suggested from 0.20.")
    expect(reason.get_by_role("img", name="the other one")).to_be_visible()
    expect(reason.get_by_role("link", name="Show the reason")).to_have_count(0)
    assert console_errors == []


def test_space_takes_a_picture_out_of_the_review(
    page: Page, live_server: LiveServer, log_in: LogIn, owner: User, image: Image
) -> None:
    second = make_image(owner, title="second")
    put_files(second)
    beach = ImageTag.objects.filter(tag__name="beach")[0].tag
    tag_image(second, beach, state=TagState.SUGGESTED, source=TagSource.ZERO_SHOT, score=0.3)
    log_in(owner)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{live_server.url}/review/tags/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("checkbox", name="second").press("Space")
    page.get_by_role("button", name="Add to selected").press("Enter")
    expect(page.locator(".messages")).to_contain_text("1 picture has the tag “beach” now.")
    expect(page.get_by_role("checkbox", name="second")).not_to_be_checked()
    expect(page.get_by_role("checkbox", name="ours")).to_have_count(0)


def test_a_selection_survives_a_lost_connection(
    page: Page, live_server: LiveServer, log_in: LogIn, owner: User, image: Image
) -> None:
    beach, titles = ImageTag.objects.filter(tag__name="beach")[0].tag, ("second", "third")
    for title in titles:
        other = make_image(owner, title=title)
        put_files(other)
        tag_image(other, beach, state=TagState.SUGGESTED, source=TagSource.ZERO_SHOT, score=0.3)
    log_in(owner)
    page.goto(f"{live_server.url}/review/tags/")
    page.evaluate("window.isSamePage = true")
    boxes = page.get_by_role("checkbox")
    page.get_by_role("link", name="Select none").press("Enter")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    page.get_by_role("link", name="Select all").press("Enter")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(3)
    page.get_by_role("checkbox", name="third").press("Space")
    problem = page.locator("#review-problem")
    reject = page.get_by_role("button", name="Not this for selected")
    for answer in ("lost", "failed"):
        page.route(
            "**/review/tags/",
            lambda route, answer=answer: (
                route.abort() if answer == "lost" else route.fulfill(status=503, body="busy")
            ),
        )
        reject.press("Enter")
        expect(problem).to_contain_text("Your selection is kept.")
        expect(reject).to_be_focused()
        expect(page.get_by_role("checkbox", checked=True)).to_have_count(2)
        page.unroute("**/review/tags/")
    problem.get_by_role("button", name="Try again").press("Enter")
    expect(page.locator(".messages")).to_contain_text("suggested for 2 pictures again.")
    expect(boxes).to_have_count(1)
    expect(page.get_by_role("heading", name="Do these pictures show")).to_be_focused()
    expect(problem).to_be_hidden()
    assert page.evaluate("window.isSamePage")
    assert ImageTag.objects.filter(state=TagState.REJECTED).count() == 2


def test_a_lost_decision_about_a_tag_is_reported(shown: Page) -> None:
    shown.route("**/tags/", lambda route: route.abort())
    field = shown.get_by_role("combobox", name="Add a tag")
    field.fill("harbour")
    field.press("Enter")
    expect(shown.locator("#tag-message")).to_contain_text("The server cannot be reached.")
    expect(field).to_have_value("harbour")
    expect(field).to_be_focused()
    shown.unroute("**/tags/")
    field.press("Enter")
    expect(shown.get_by_role("link", name="harbour")).to_be_visible()


def test_names_are_searched_while_a_person_types(shown: Page, console_errors: list[str]) -> None:
    Tag.objects.bulk_create(Tag(name=f"thing {number:03}") for number in range(300))
    field = shown.get_by_label("Add a tag")
    field.press_sequentially("thing 29")
    expect(shown.locator('#tag-names option[value="thing 299"]')).to_be_attached()
    expect(shown.locator("#tag-names option")).to_have_count(10)
    expect(field).to_be_focused()
    expect(field).to_have_value("thing 29")
    field.press_sequentially("9")
    field.press("Enter")
    expect(shown.get_by_role("link", name="thing 299")).to_be_visible()
    assert shown.evaluate("window.isSamePage")
    assert console_errors == []
