from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect

from gallery.models import Tag
from tests.builders import make_image, make_index, make_measurement, make_space
from tests.pages.conftest import put_files


@pytest.mark.browser
def test_the_admin_obeys_the_content_security_policy(
    live_server: Any, page: Page, curator: User, owner: User
) -> None:
    image = make_image(owner, state="failed", width=None, error_code="corrupt")
    space = make_space()
    make_index(space)
    make_measurement(space, chosen=True)
    console: list[str] = []
    page.on("console", lambda message: console.append(message.text))
    page.goto(f"{live_server}/admin/login/")
    page.fill("#id_username", "curator")
    page.fill("#id_password", "secret-of-tests")
    with page.expect_event("load"):
        page.click("input[type=submit]")
    for address in (
        "image/",
        f"image/{image.pk}/change/",
        "embeddingspace/",
        "indexbuild/",
        f"indexbuild/space/{space.pk}/",
        f"indexbuild/space/{space.pk}/do/calibrate/",
    ):
        page.goto(f"{live_server}/admin/gallery/{address}")
    violations = [line for line in console if "Content Security Policy" in line]
    assert violations == []


@pytest.mark.browser
def test_a_curator_retries_a_failed_picture(
    live_server: Any, page: Page, curator: User, owner: User
) -> None:
    image = make_image(owner, state="failed", width=None, error_code="corrupt")
    page.goto(f"{live_server}/admin/login/?next=/admin/gallery/image/")
    page.fill("#id_username", "curator")
    page.fill("#id_password", "secret-of-tests")
    with page.expect_event("load"):
        page.click("input[type=submit]")
    page.check("#action-toggle")
    page.select_option("select[name=action]", "retry")
    page.click("button[name=index]")
    assert page.locator(".messagelist").inner_text() == "Retrying 1 picture."
    image.refresh_from_db()
    assert image.state == "stored"


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_the_list_of_pictures_fits_a_laptop(
    live_server: Any, browser: Browser, curator: User, owner: User, language: str
) -> None:
    long_title = "A red boat on the lake behind the old harbour of the town in the morning"
    image = make_image(owner, title=long_title, visibility="members", size=2_500_000)
    put_files(image)
    make_image(owner, title="", file_name="IMG_20240612_101112_HDR_panorama.jpeg")
    page = browser.new_page(locale=language, viewport={"width": 1280, "height": 860})
    page.goto(f"{live_server}/admin/login/?next=/admin/gallery/image/")
    page.fill("#id_username", "curator")
    page.fill("#id_password", "secret-of-tests")
    with page.expect_event("load"):
        page.click("input[type=submit]")
    results = page.locator("#changelist-form .results")
    assert results.evaluate("(box) => box.scrollWidth <= box.clientWidth")
    lines = """(link) => {
      const range = document.createRange();
      range.selectNodeContents(link);
      return new Set([...range.getClientRects()].map((box) => Math.round(box.bottom))).size;
    }"""
    assert page.get_by_role("link", name=long_title).evaluate(lines) <= 5
    violations = Axe().run(page, options={"runOnly": ["link-name"]}, context="#changelist-form")
    assert violations.violations_count == 0, violations.generate_report()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_an_index_is_accessible(
    live_server: Any, page: Page, curator: User, scheme: Any
) -> None:
    space = make_space()
    make_index(space)
    make_measurement(space, chosen=True)
    make_measurement(space, query_kind="picture", recall=0.9)
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server}/admin/login/?next=/admin/gallery/indexbuild/space/{space.pk}/")
    page.fill("#id_username", "curator")
    page.fill("#id_password", "secret-of-tests")
    with page.expect_event("load"):
        page.click("input[type=submit]")
    # The frame around it is Django's.
    results = Axe().run(page, context="#content-main")
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.browser
def test_names_of_tags_are_searched(
    live_server: Any, page: Page, curator: User, owner: User
) -> None:
    image = make_image(owner)
    put_files(image)
    Tag.objects.bulk_create(Tag(name=f"thing {number:03}") for number in range(300))
    console: list[str] = []
    page.on("console", lambda message: console.append(message.text))
    page.goto(f"{live_server}/admin/login/?next=/admin/gallery/image/")
    page.fill("#id_username", "curator")
    page.fill("#id_password", "secret-of-tests")
    with page.expect_event("load"):  # clicks and keys before the scripts have run do not count
        page.click("input[type=submit]")
    page.check("#action-toggle")
    page.select_option("select[name=action]", "add_tag")
    with page.expect_event("load"):
        page.click("button[name=index]")
    page.locator("#id_name").press_sequentially("thing 29")
    expect(page.locator('#tag-names option[value="thing 299"]')).to_be_attached()
    expect(page.locator("#tag-names option")).to_have_count(10)
    page.fill("#id_name", "thing 299")
    page.press("#id_name", "Enter")
    expect(page.locator(".messagelist")).to_have_text("1 picture has the tag “thing 299” now.")
    image.refresh_from_db()
    assert image.tag_names == "thing 299"
    assert console == []
