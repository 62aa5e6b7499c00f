"""Rules for every page: keyboard, no scripts, accessibility, narrow screens, themes."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Browser, FilePayload, Page, expect
from pytest_django.live_server_helper import LiveServer

from gallery.accounts import tokens
from gallery.map import update as update_map
from gallery.models import EmbeddingSpace, Image, ImportJob, ImportRow, State
from tests.builders import make_embedding, make_image, make_near_duplicates, unit_vector
from tests.pages.browser.conftest import LogIn, process_pictures
from tests.pages.conftest import put_files
from tests.scenes import photo

BOAT = FilePayload(name="boat.png", mimeType="image/png", buffer=photo("PNG"))

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def picture(owner: User, builtin: EmbeddingSpace) -> Image:
    """One of two similar pictures with all facts, beside a waiting one and a failed one."""
    facts = {
        "camera": "Nikon F3",
        "latitude": -33.8568,
        "longitude": 151.2153,
        "metadata": {"category": "boats", "a_long_key_without_spaces": "x" * 200},
    }
    images = [
        make_image(owner, title=f"number {number}", external_id=f"{number}", **facts)
        for number in (1, 2)
    ]
    for image in images:
        make_embedding(image, builtin, unit_vector(1))
        put_files(image)
    make_near_duplicates(*images)
    update_map.run(seconds=120)
    make_image(owner, state=State.STORED, width=None, height=None)
    make_image(owner, state=State.FAILED, error_code="corrupt", width=None, height=None)
    return image


@pytest.fixture
def addresses(live_server: LiveServer, picture: Image, owner: User) -> list[str]:
    grant, _token = tokens.create(owner, expiry=None, name="kiosk")
    paths = ["/", "/upload/", "/search/", "/search/?q=boat", f"/search/?like={picture.pk}"]
    paths += [f"{picture.get_absolute_url()}?order=newest", f"{picture.get_absolute_url()}edit/"]
    paths += [f"{picture.get_absolute_url()}delete/", "/login/", "/statistics/", "/account/"]
    paths += ["/map/", "/map/pictures/?area=0,0,65535,0,65535,65535,0,65535"]
    job = ImportJob.objects.create(
        owner=owner, kind="csv", name="a_long_name_" * 20, source="nowhere.csv", rows_read=7,
        imported=4, dropped=3, total=100, problem_code="source_changed",
    )  # fmt: skip
    ImportRow.objects.create(
        job=job, number=1, place="x.png", skipped=True, outcome="dropped", error_code="no_place"
    )
    paths += ["/imports/", f"/imports/{job.pk}/delete/"]
    paths += ["/for-you/", "/account/activity/erase/"]
    paths += [f"/account/tokens/revoke/?token={grant.pk}", "/review/near-duplicates/"]
    return [live_server.url + path for path in paths]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_either_theme(
    page: Page, addresses: list[str], owner: User, log_in: LogIn, theme: str
) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    violations = {}
    for address in addresses:
        if not address.endswith("/login/"):
            log_in(owner)
        page.goto(address)
        page.locator("#menu summary").click()
        result = Axe().run(page)
        violations[address] = [
            (violation["id"], violation["nodes"][0]["html"])
            for violation in result.response["violations"]
        ]
    assert {address: ids for address, ids in violations.items() if ids} == {}


@pytest.mark.parametrize("width", [390, 1920])
def test_no_page_scrolls_sideways(
    page: Page, addresses: list[str], owner: User, log_in: LogIn, width: int
) -> None:
    log_in(owner)
    page.set_viewport_size({"width": width, "height": 844})
    for address in addresses:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_the_console_has_no_errors(
    page: Page, addresses: list[str], owner: User, log_in: LogIn, console_errors: list[str]
) -> None:
    log_in(owner)
    for address in addresses:
        page.goto(address, wait_until="networkidle")
    assert console_errors == []


def test_the_layout_does_not_shift_while_loading(
    page: Page, live_server: LiveServer, picture: Image
) -> None:
    page.add_init_script("""
      window.moved = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((e) => (window.moved += e.value)))
        .observe({ type: "layout-shift", buffered: true });
    """)
    page.goto(live_server.url, wait_until="networkidle")
    assert page.evaluate("window.moved") < 0.01


def test_the_header_is_one_line_high(
    page: Page, live_server: LiveServer, picture: Image, owner: User, log_in: LogIn
) -> None:
    log_in(owner)
    page.set_viewport_size({"width": 730, "height": 844})
    page.goto(live_server.url)
    heights = page.evaluate("""() => [...document.querySelectorAll("header :is(a, button)")]
      .map((part) => part.getBoundingClientRect().height)""")
    assert max(heights) < 64


def test_small_screens_have_large_targets(
    page: Page, live_server: LiveServer, picture: Image
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url)
    sizes = page.evaluate("""() => [...document.querySelectorAll("header :is(a, button)")]
      .map((part) => part.getBoundingClientRect())
      .filter((box) => box.width > 0)
      .map((box) => [Math.round(box.width), Math.round(box.height)])""")
    assert sizes
    assert [size for size in sizes if min(size) < 42] == []


def test_everything_is_reachable_by_keyboard(
    page: Page, live_server: LiveServer, picture: Image
) -> None:
    page.goto(live_server.url)
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    page.keyboard.type("boat")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=boat"))
    page.locator(".tile a.whole").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/pictures/"))
    page.locator("#menu summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Dark")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#menu summary")).to_be_focused()


def test_the_skip_link_comes_first(page: Page, live_server: LiveServer, picture: Image) -> None:
    page.goto(live_server.url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_load_more_appends_and_moves_the_focus(
    page: Page, live_server: LiveServer, gallery_setting: Callable[..., None], db: None
) -> None:
    gallery_setting(page_size=2)
    for _ in range(5):
        make_image()
    page.goto(live_server.url)
    for expected in (4, 5):
        page.get_by_role("link", name="Load more").click()
        expect(page.locator("#pictures .tile")).to_have_count(expected)
        newest = page.locator("#pictures .tile").nth(2 if expected == 4 else 4)
        expect(newest.locator(":focus")).to_have_count(1)
    expect(page.get_by_role("link", name="Load more")).to_have_count(0)


def test_the_theme_changes_without_a_reload(
    page: Page, live_server: LiveServer, picture: Image
) -> None:
    page.goto(live_server.url)
    page.evaluate("window.same = true")
    page.locator("#menu summary").click()
    with page.expect_response("**/theme/"):
        page.get_by_role("button", name="Dark").click()
    assert page.evaluate("window.same")
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 19, 20)"


@pytest.fixture
def plain(browser: Browser, live_server: LiveServer, owner: User) -> Iterator[Page]:
    """A page without JavaScript, on which the owner is logged in."""
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{live_server.url}/login/?next=/upload/")
    page.get_by_label("Username").fill("owner")
    page.get_by_label("Password").fill("secret-of-tests")
    page.get_by_role("button", name="Log in").click()
    yield page
    context.close()


def test_without_scripts_pictures_are_uploaded(plain: Page, builtin: EmbeddingSpace) -> None:
    plain.locator("input[name=pictures]").set_input_files(BOAT)
    plain.get_by_role("button", name="Upload").click()
    expect(plain.locator(".outcome")).to_contain_text("Waiting for processing")
    process_pictures()
    # The page refreshes by itself.
    expect(plain.locator(".outcome")).to_contain_text("Searchable", timeout=10_000)


def test_without_scripts_pictures_are_searched(
    plain: Page, live_server: LiveServer, picture: Image
) -> None:
    plain.goto(f"{live_server.url}/search/")
    plain.locator("main input[name=picture]").set_input_files(BOAT)
    plain.get_by_role("button", name="Search with this picture").click()
    expect(plain.locator("#results .tile").first).to_be_visible()
    plain.get_by_role("searchbox").fill("boat")
    plain.get_by_role("searchbox").press("Enter")
    expect(plain).to_have_url(re.compile("q=boat"))
    expect(plain.locator("#results .tile").first).to_be_visible()
