"""The results of a search in the browser. The engine is replaced, because its own tests check
which hits are weak; here every kind of hit is needed."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Page, expect
from pytest_django.live_server_helper import LiveServer

from gallery.models import EmbeddingSpace, Image, User
from gallery.search import engine
from gallery.search.query import Band, Hit, Reason, ResultPage, SearchQuery, Total
from tests.builders import make_image
from tests.pages.conftest import put_files
from tests.scenes import photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Open = Callable[[Page], Page]
BOAT = FilePayload(name="boat.png", mimeType="image/png", buffer=photo("PNG"))


@pytest.fixture
def images(builtin: EmbeddingSpace) -> list[Image]:
    rows = [make_image(title=f"number {number}", caption="a caption") for number in range(10)]
    for image in rows:
        put_files(image)
    return rows


@pytest.fixture
def results(images: list[Image], monkeypatch: pytest.MonkeyPatch) -> None:
    """Two strong hits, then weak ones on two pages; a liked image comes first."""

    def search(query: SearchQuery, user: User) -> ResultPage:
        ranked = sorted(images, key=lambda image: (image.pk not in query.liked, image.title))
        hits = [
            Hit(image, 0.5, Band.STRONG if rank < 2 else Band.WEAK, reasons, copies=3 * (rank < 1))
            for rank, image in enumerate(ranked)
            for reasons in [(Reason.TITLE,) if rank < 1 else (Reason.MEANING,)]
        ]
        start = int(query.cursor or 0)
        return ResultPage(
            hits[start : start + 6], "builtin", 1.0, query=query, total=Total(13, exact=True),
            next="6" if not start else "",
        )  # fmt: skip

    monkeypatch.setattr(engine, "search", search)


@pytest.fixture
def page_of_results(results: None, live_server: LiveServer, page: Page) -> Page:
    page.goto(f"{live_server.url}/search/?q=boat&fold=0")
    return page


@pytest.fixture
def plain(browser: Browser, results: None, live_server: LiveServer) -> Iterator[Page]:
    """The same without JavaScript."""
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{live_server.url}/search/?q=boat&fold=0")
    yield page
    context.close()


def test_weak_hits_are_offered(page_of_results: Page) -> None:
    expect(page_of_results.locator("#hits .tile")).to_have_count(2)
    expect(page_of_results.locator("#summary")).to_contain_text("5 close matches among 13 pictures")
    expect(page_of_results.locator("#weak-hits .tile").first).to_be_hidden()
    page_of_results.get_by_text("Show 8 less similar pictures").click()
    expect(page_of_results.locator("#weak-hits .tile").first).to_be_visible()
    expect(page_of_results.get_by_text("Hide less similar pictures")).to_be_visible()


def test_show_more_appends_and_moves_the_focus(page_of_results: Page) -> None:
    page_of_results.locator("#weak summary").click()
    page_of_results.get_by_role("link", name="Show more").click()
    expect(page_of_results.locator("#weak-hits .tile")).to_have_count(8)
    expect(page_of_results.locator("#weak-hits .tile").nth(4).locator("a.whole")).to_be_focused()
    expect(page_of_results.get_by_role("link", name="Show more")).to_have_count(0)


def test_more_like_this_ranks_again(page_of_results: Page) -> None:
    page_of_results.locator("#weak summary").click()
    page_of_results.get_by_role("link", name="More like number 4").press("Enter")
    expect(page_of_results.locator("#hits .tile img").first).to_have_attribute("alt", "a caption")
    expect(page_of_results.locator(".chip.more")).to_contain_text("number 4")
    expect(page_of_results).to_have_url(re.compile("more="))
    again = page_of_results.get_by_role("link", name="No longer more like number 4")
    expect(again).to_be_focused()
    page_of_results.go_back()
    expect(page_of_results.locator(".chip.more")).to_have_count(0)


def test_less_like_this_adds_a_chip(page_of_results: Page) -> None:
    page_of_results.locator(".tile").first.hover()
    page_of_results.get_by_role("link", name="Less like number 0").click()
    expect(page_of_results.locator(".chip.less")).to_contain_text("Less like number 0")


def test_a_new_text_drops_the_feedback(page_of_results: Page) -> None:
    page_of_results.get_by_role("link", name="More like number 1").press("Enter")
    expect(page_of_results).to_have_url(re.compile("more="))
    page_of_results.locator("#q").fill("harbour")
    expect(page_of_results).to_have_url(re.compile(r"q=harbour&fold=0$"))


def test_chips_are_removed_by_keyboard(page_of_results: Page, images: list[Image]) -> None:
    page_of_results.goto(f"{page_of_results.url}&more={images[3].pk}&more={images[4].pk}")
    chips = page_of_results.locator(".chip")
    expect(chips).to_have_count(3)
    chips.nth(1).get_by_role("link").press("Enter")
    expect(chips).to_have_count(2)
    expect(chips.nth(1).get_by_role("link")).to_be_focused()
    page_of_results.keyboard.press("Enter")
    expect(chips).to_have_count(0)
    expect(page_of_results).to_have_url(re.compile(r"q=boat&fold=0$"))


def test_options_are_applied_at_once(page_of_results: Page) -> None:
    page_of_results.get_by_label("Show similarity").check()
    expect(page_of_results.locator(".badge").first).to_have_text(re.compile("Title"))
    expect(page_of_results.locator("#hits")).to_contain_text("0.50")
    page_of_results.get_by_label("Sort by").select_option("Date taken: newest")
    expect(page_of_results).to_have_url(re.compile("order=newest"))
    expect(page_of_results.get_by_label("Sort by")).to_be_focused()
    page_of_results.locator("#q").fill("harbour")
    expect(page_of_results).to_have_url(re.compile("q=harbour.*order=newest.*similarity=1"))


def test_arrow_keys_move_between_hits(page_of_results: Page) -> None:
    page_of_results.locator("#q").press("ArrowDown")
    hits = page_of_results.locator("#hits a.whole")
    expect(hits.nth(0)).to_be_focused()
    page_of_results.keyboard.press("ArrowRight")
    expect(hits.nth(1)).to_be_focused()
    page_of_results.keyboard.press("ArrowUp")
    expect(page_of_results.locator("#q")).to_be_focused()
    page_of_results.keyboard.press("ArrowDown")
    page_of_results.keyboard.press("Enter")
    expect(page_of_results).to_have_url(re.compile("/pictures/"))


def test_filters_narrow_the_search(page_of_results: Page) -> None:
    make_image(width=200, height=300)
    page_of_results.reload()
    page_of_results.get_by_role("link", name=re.compile("Portrait")).click()
    expect(page_of_results.locator(".chip.operator")).to_have_text(re.compile("Portrait"))
    expect(page_of_results.locator("#q")).to_have_value("boat is:portrait")
    expect(page_of_results.locator(".chip.operator").get_by_role("link")).to_be_focused()


def test_folded_copies_can_be_shown(page_of_results: Page, live_server: LiveServer) -> None:
    page_of_results.goto(f"{live_server.url}/search/?q=boat")
    page_of_results.get_by_role("link", name="+3 similar").click()
    expect(page_of_results).to_have_url(re.compile("fold=0"))


@pytest.mark.parametrize("width", [320, 390, 1280, 1920])
def test_results_never_scroll_sideways(page_of_results: Page, width: int) -> None:
    long = make_image(title="A very long title of a picture " * 6)
    page_of_results.set_viewport_size({"width": width, "height": 844})
    page_of_results.goto(f"{page_of_results.url}&min_similarity=0.1&like={long.pk}&more={long.pk}")
    page_of_results.locator("#weak summary").click()
    page_of_results.locator("#filters").evaluate("(filters) => (filters.open = true)")
    expect(page_of_results.locator(".tips summary")).to_be_visible()
    assert page_of_results.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_results(page_of_results: Page, theme: str) -> None:
    page_of_results.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    page_of_results.get_by_role("link", name="More like number 1").press("Enter")
    expect(page_of_results.locator(".chip.more")).to_have_count(1)
    page_of_results.locator("#weak summary").click()
    page_of_results.locator(".tips summary").click()
    violations = Axe().run(page_of_results).response["violations"]
    assert [(violation["id"], violation["nodes"][0]["html"]) for violation in violations] == []


def test_without_scripts_everything_is_a_link(plain: Page) -> None:
    plain.locator("#weak summary").click()
    plain.get_by_role("link", name="More like number 4").click()
    expect(plain.locator(".chip.more")).to_contain_text("number 4")
    plain.locator(".chip.more").get_by_role("link").click()
    expect(plain.locator(".chip")).to_have_count(0)
    plain.locator("#weak summary").click()
    plain.get_by_role("link", name="Show more").click()
    expect(plain).to_have_url(re.compile("cursor=6"))
    plain.get_by_role("link", name="Back to the best matches").click()
    expect(plain.locator("#hits .tile")).to_have_count(2)


def test_without_scripts_options_and_filters_work(plain: Page) -> None:
    make_image(width=200, height=300)
    plain.get_by_label("Show similarity").check()
    plain.get_by_role("button", name="Apply").click()
    expect(plain.locator("#hits")).to_contain_text("0.50")
    plain.get_by_role("link", name="More filters").click()
    plain.get_by_role("link", name=re.compile("Portrait")).click()
    expect(plain.locator("#q")).to_have_value("boat is:portrait")


def test_without_scripts_a_picture_joins_the_text(plain: Page) -> None:
    plain.get_by_label("Sort by").select_option("Date taken: newest")
    plain.get_by_role("button", name="Apply").click()
    plain.locator("main input[name=picture]").set_input_files(BOAT)
    plain.get_by_role("button", name="Search with this picture").click()
    expect(plain).to_have_url(re.compile(r"\?q=boat&order=newest&fold=0&picture="))
    expect(plain.locator(".chip").first).to_contain_text("boat")
    expect(plain.locator("#q")).to_have_value("boat")


def test_back_from_a_picture_returns_to_its_place(page_of_results: Page) -> None:
    page_of_results.locator("#weak summary").click()
    page_of_results.get_by_role("link", name="Show more").click()
    expect(page_of_results.locator("#weak-hits .tile")).to_have_count(8)
    last = page_of_results.locator("#weak-hits a.whole").last
    last.scroll_into_view_if_needed()
    place = page_of_results.evaluate("scrollY")
    last.press("Enter")
    expect(page_of_results).to_have_url(re.compile("/pictures/"))
    page_of_results.go_back()
    expect(page_of_results.locator("#weak-hits .tile")).to_have_count(8)
    page_of_results.wait_for_function(f"Math.abs(scrollY - {place}) < 2")


def test_results_do_not_shift_while_loading(page_of_results: Page) -> None:
    page_of_results.add_init_script("""
      window.moved = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((e) => (window.moved += e.value)))
        .observe({ type: "layout-shift", buffered: true });
    """)
    page_of_results.reload(wait_until="networkidle")
    assert page_of_results.evaluate("window.moved") < 0.01


def test_narrow_screens_fold_the_filters(page_of_results: Page) -> None:
    page_of_results.set_viewport_size({"width": 390, "height": 844})
    page_of_results.reload()
    expect(page_of_results.get_by_label("Sort by")).to_be_hidden()
    page_of_results.locator("#filters > summary").click()
    page_of_results.get_by_label("Sort by").select_option("Date taken: newest")
    expect(page_of_results).to_have_url(re.compile("order=newest"))
    expect(page_of_results.get_by_label("Sort by")).to_be_visible()
