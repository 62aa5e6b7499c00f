from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from tests.browser import PUBLIC_NAME


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
    assert page.locator(".opblock").count() == 16
    assert [url for url in requested if not url.startswith((site, "data:"))] == []
    assert [line for line in console if "Cross-Origin-Opener-Policy" not in line] == []


@pytest.mark.browser
def test_an_operation_can_be_tried_out(live_server: Any, page: Page) -> None:
    page.goto(f"{live_server}/api/docs/")
    page.locator("#operations-images-images_list .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    status = page.locator(".live-responses-table .response .response-col_status")
    assert status.inner_text().startswith("200")
