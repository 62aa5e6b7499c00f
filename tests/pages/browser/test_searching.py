import base64
import re

import pytest
from playwright.sync_api import Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from gallery.models import EmbeddingSpace
from tests.builders import make_embedding, make_image, unit_vector
from tests.pages.browser.test_uploading import DROP, PASTE, boat

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def search_page(live_server: LiveServer, page: Page, builtin: EmbeddingSpace) -> Page:
    for number in range(3):
        make_embedding(make_image(title=f"number {number}"), builtin, unit_vector(number))
    page.goto(f"{live_server.url}/search/")
    return page


def sent_searches(page: Page) -> list[str]:
    """The query texts that the page sends from now on."""
    sent: list[str] = []

    def record(request: Request) -> None:
        if "/search/?q=" in request.url:
            sent.append(request.url.split("q=")[1].split("&")[0])

    page.on("request", record)
    return sent


def test_typing_sends_one_request(search_page: Page, console_errors: list[str]) -> None:
    sent = sent_searches(search_page)
    search_page.get_by_role("combobox", name="Search").press_sequentially("red boat", delay=30)
    expect(search_page.locator("#results .tile")).to_have_count(3)
    expect(search_page.locator("#summary")).to_contain_text("ms")
    expect(search_page).to_have_url(re.compile(r"\?q=red\+boat|\?q=red%20boat"))
    expect(search_page).to_have_title(re.compile("^red boat"))
    assert len(sent) == 1
    # The tiles have no files here, so 404 errors are expected.
    assert [line for line in console_errors if "404" not in line] == []


def test_no_search_while_a_character_is_composed(search_page: Page) -> None:
    sent = sent_searches(search_page)
    box = search_page.get_by_role("combobox", name="Search")
    box.evaluate("""(box) => {
      box.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
      box.value = "mao";
      box.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true }));
    }""")
    search_page.wait_for_timeout(600)
    assert sent == []
    box.evaluate("""(box) => {
      box.value = "猫";
      box.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
    }""")
    expect(search_page.locator("#results .tile")).to_have_count(3)
    assert len(sent) == 1


@pytest.mark.parametrize("gesture", [DROP, PASTE], ids=["dropped", "pasted"])
def test_a_dropped_or_pasted_picture_starts_a_search(search_page: Page, gesture: str) -> None:
    search_page.evaluate(gesture, boat())
    expect(search_page).to_have_url(re.compile(r"/search/\?picture="))
    expect(search_page.locator(".chip")).to_contain_text("your picture")
    expect(search_page.locator("#results .tile")).to_have_count(3)
    search_page.reload()
    expect(search_page.locator("#results .tile")).to_have_count(3)


def test_a_picture_can_be_chosen_on_any_page(live_server: LiveServer, search_page: Page) -> None:
    search_page.goto(live_server.url)
    with search_page.expect_file_chooser() as chooser:
        search_page.get_by_role("button", name="Search by picture").click()
    name, kind, data = boat()
    chooser.value.set_files({"name": name, "mimeType": kind, "buffer": base64.b64decode(data)})
    expect(search_page).to_have_url(re.compile(r"/search/\?picture="))


def test_a_failing_search_shows_the_error(search_page: Page, builtin: EmbeddingSpace) -> None:
    EmbeddingSpace.objects.update(active=False)
    search_page.get_by_role("combobox", name="Search").fill("cat")
    expect(search_page.locator("main")).to_contain_text("The search model is not available")


def test_escape_keeps_the_results(search_page: Page) -> None:
    box = search_page.get_by_role("combobox", name="Search")
    box.fill("red boat")
    expect(search_page).to_have_title(re.compile("^red boat"))
    for _ in range(2):
        box.press("Escape")
    search_page.wait_for_timeout(600)
    expect(box).to_have_value("red boat")
    expect(search_page.locator("#results .tile")).to_have_count(3)


def test_escape_takes_back_what_was_not_searched(search_page: Page) -> None:
    box = search_page.get_by_role("combobox", name="Search")
    box.fill("red boat")
    expect(search_page).to_have_title(re.compile("^red boat"))
    sent = sent_searches(search_page)
    box.press_sequentially("s at sea", delay=10)
    box.press("Escape")
    expect(box).to_have_value("red boat")
    search_page.wait_for_timeout(600)
    assert sent == []
