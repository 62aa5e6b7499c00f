from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page, expect

from tests.browser import PUBLIC_NAME
from tests.local.site import ROOT


def test_the_docs_page_obeys_the_content_security_policy(client: Client, db: None) -> None:
    response = client.get("/api/docs/")
    policy = response["Content-Security-Policy"]
    assert response.status_code == 200
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|\sstyle=|<script>", response.content.decode())


@pytest.mark.browser
def test_the_docs_page_loads_only_local_files(live_server: Any, page: Page) -> None:
    requested: list[str] = []
    console: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("console", lambda message: console.append(message.text))
    page.on("pageerror", lambda error: console.append(str(error)))
    site = live_server.url.replace("localhost", PUBLIC_NAME)
    page.goto(f"{site}/api/docs/")
    page.wait_for_selector(".opblock")
    page.wait_for_load_state("networkidle")
    schema = (ROOT / "docs" / "openapi.yaml").read_text()
    assert page.locator(".opblock").count() == schema.count("operationId:")
    assert [url for url in requested if not url.startswith((site, "data:"))] == []
    assert [line for line in console if "Cross-Origin-Opener-Policy" not in line] == []


@pytest.mark.browser
@pytest.mark.parametrize(
    ("scheme", "background"), [("dark", "rgb(18, 19, 20)"), ("light", "rgb(250, 250, 248)")]
)
def test_the_docs_page_has_the_theme_of_the_system(
    live_server: Any, page: Page, scheme: Any, background: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server}/api/docs/")
    page.wait_for_selector(".opblock")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == background
    # The text of an operation, against its background.
    is_light = "(e) => getComputedStyle(e).color.match(/\\d+/g).every((part) => part > 128)"
    assert page.locator(".opblock-summary-path").first.evaluate(is_light) == (scheme == "dark")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_nothing_on_the_docs_page(live_server: Any, page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server}/api/docs/")
    page.wait_for_selector("[aria-label=Server]")
    violations = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in violations] == []


@pytest.mark.browser
def test_the_search_box_of_the_docs_page_searches(live_server: Any, page: Page) -> None:
    page.goto(f"{live_server}/api/docs/")
    page.keyboard.press("/")
    page.keyboard.type("boat")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live_server}/search/?q=boat")


@pytest.mark.browser
def test_the_theme_of_the_docs_page_can_be_changed(live_server: Any, page: Page) -> None:
    page.goto(f"{live_server}/api/docs/")
    page.wait_for_selector(".opblock")
    page.locator("#menu summary").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_class("dark-mode")


@pytest.mark.browser
def test_the_docs_page_leads_back_to_the_gallery(live_server: Any, page: Page) -> None:
    page.goto(f"{live_server}/api/docs/")
    page.get_by_role("link", name="Gallery").first.click()
    expect(page).to_have_url(f"{live_server}/")


@pytest.mark.browser
def test_an_operation_can_be_tried_out(live_server: Any, page: Page) -> None:
    page.goto(f"{live_server}/api/docs/")
    page.locator("#operations-images-list_images .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    status = page.locator(".live-responses-table .response .response-col_status")
    assert status.inner_text().startswith("200")


def test_every_page_links_to_the_docs(client: Client, db: None) -> None:
    for page in ("/", "/search/", "/login/"):
        assert 'href="/api/docs/"' in client.get(page).content.decode(), page
