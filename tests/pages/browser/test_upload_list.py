"""The list of an upload: after a reload, for another person, and when a file is refused."""

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import FilePayload, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from gallery.models import EmbeddingSpace, Image
from tests.builders import make_user
from tests.pages.browser.conftest import LogIn, process_pictures
from tests.picture_server import PictureServer
from tests.scenes import photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BOAT = FilePayload(name="boat.png", mimeType="image/png", buffer=photo("PNG"))
NOTES = FilePayload(name="notes.png", mimeType="image/png", buffer=b"no picture")


@pytest.fixture
def upload_page(
    live_server: LiveServer, page: Page, owner: User, log_in: LogIn, builtin: EmbeddingSpace
) -> Page:
    log_in(owner)
    page.goto(f"{live_server.url}/upload/")
    return page


def test_a_reload_keeps_the_list(upload_page: Page) -> None:
    upload_page.set_input_files("#files", [BOAT, NOTES])
    boat, notes = (upload_page.locator(".outcome", has_text=name) for name in ("boat", "notes"))
    expect(boat).to_contain_text("Waiting for processing")
    expect(notes).to_contain_text("not supported")
    upload_page.reload()
    expect(boat).to_contain_text("Waiting for processing")
    expect(notes).to_contain_text("not supported")
    process_pictures()
    expect(boat).to_contain_text("Searchable")
    expect(boat.get_by_role("link")).to_have_attribute(
        "href", Image.objects.get().get_absolute_url()
    )


def test_a_change_of_language_translates_refusals(upload_page: Page) -> None:
    upload_page.set_input_files("#files", NOTES)
    expect(upload_page.locator(".outcome")).to_contain_text("not supported")
    upload_page.locator("#menu summary").click()
    upload_page.get_by_role("button", name="简体中文").click()
    expect(upload_page.locator(".outcome")).to_contain_text("不支持")


def test_a_file_that_was_not_sent_says_so(upload_page: Page) -> None:
    def hold_uploads(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()

    upload_page.route("**/upload/", hold_uploads)
    upload_page.set_input_files("#files", BOAT)
    expect(upload_page.locator(".outcome")).to_contain_text("Waiting")
    upload_page.reload()
    expect(upload_page.locator(".outcome")).to_contain_text("Not sent, because the page was left")
    expect(upload_page.get_by_role("button", name="Try again")).to_have_count(0)


def test_another_person_gets_another_list(upload_page: Page, log_in: LogIn) -> None:
    upload_page.set_input_files("#files", BOAT)
    expect(upload_page.locator(".outcome")).to_have_count(1)
    log_in(make_user("colleague"))
    upload_page.reload()
    expect(upload_page.get_by_role("heading", name="Upload pictures")).to_be_visible()
    expect(upload_page.locator(".outcome")).to_have_count(0)


def test_finished_uploads_are_cleared(upload_page: Page) -> None:
    upload_page.set_input_files("#files", [BOAT, NOTES])
    expect(upload_page.locator(".outcome", has_text="boat")).to_contain_text("Waiting")
    upload_page.get_by_role("button", name="Clear finished uploads").click()
    expect(upload_page.locator(".outcome")).to_have_count(1)
    upload_page.reload()
    expect(upload_page.locator(".outcome")).to_have_count(1)
    expect(upload_page.locator(".outcome")).to_contain_text("boat.png")


def test_a_refused_file_is_no_network_error(upload_page: Page, console_errors: list[str]) -> None:
    upload_page.set_input_files("#files", NOTES)
    expect(upload_page.locator(".outcome")).to_contain_text(
        "This file type is not supported. Save the picture as JPEG"
    )
    assert [line for line in console_errors if "network error" in line] == []


def test_the_answer_of_a_proxy_is_reported(upload_page: Page) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=413, content_type="text/html", body="<h1>413</h1>")

    upload_page.route("**/upload/", refuse)
    upload_page.set_input_files("#files", BOAT)
    expect(upload_page.locator(".outcome")).to_contain_text(
        "The server refused this file (status 413)"
    )


def test_an_expired_login_says_what_to_do(upload_page: Page) -> None:
    upload_page.context.clear_cookies(name="sessionid")
    upload_page.set_input_files("#files", BOAT)
    expect(upload_page.locator(".outcome")).to_contain_text("Log in in another tab")
    expect(upload_page.get_by_role("button", name="Try again")).to_be_visible()


def test_uploads_go_on_during_a_search(upload_page: Page) -> None:
    held: list[Route] = []

    def hold_uploads(route: Route) -> None:
        if route.request.method == "POST":
            held.append(route)
        else:
            route.continue_()

    upload_page.route("**/upload/", hold_uploads)
    upload_page.set_input_files("#files", [BOAT, NOTES])
    expect(upload_page.locator(".outcome")).to_have_count(2)
    upload_page.locator("#q").fill("boat")
    expect(upload_page).to_have_url(re.compile("q=boat"))
    for route in held:
        with upload_page.expect_response(lambda response: response.request.method == "POST"):
            route.continue_()
    upload_page.go_back()
    boat, notes = (upload_page.locator(".outcome", has_text=name) for name in ("boat", "notes"))
    expect(boat).to_contain_text("Waiting for processing")
    expect(notes).to_contain_text("not supported")
    expect(upload_page.locator("#totals")).to_contain_text("1 in progress")
    process_pictures()
    expect(boat).to_contain_text("Searchable")


def test_the_picture_of_a_url_gets_a_row(
    upload_page: Page, picture_server: PictureServer, console_errors: list[str]
) -> None:
    picture_server.files["/boat.png"] = photo("PNG")
    field = upload_page.get_by_label("Or from a URL")
    upload_page.get_by_label("Only me").check()
    field.fill(picture_server.url("/boat.png"))
    field.press("Enter")
    row = upload_page.locator(".outcome", has_text="boat.png")
    expect(row).to_contain_text("Waiting for processing")
    expect(field).to_have_value("")
    assert Image.objects.get().visibility == "private"
    assert console_errors == []


def test_a_url_without_a_picture_says_so(upload_page: Page, picture_server: PictureServer) -> None:
    upload_page.get_by_label("Or from a URL").fill(picture_server.url("/missing"))
    upload_page.get_by_role("button", name="Add").click()
    row = upload_page.locator(".outcome")
    expect(row).to_contain_text("did not send a picture")
    upload_page.reload()
    expect(row).to_contain_text("did not send a picture")
    upload_page.get_by_role("button", name="Add").click()
    expect(upload_page.get_by_label("Or from a URL")).to_be_focused()
    expect(row).to_have_count(1)
