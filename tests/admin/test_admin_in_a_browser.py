from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page

from tests.builders import make_image, make_space


@pytest.mark.browser
def test_the_admin_obeys_the_content_security_policy(
    live_server: Any, page: Page, curator: User, owner: User
) -> None:
    image = make_image(owner, state="failed", width=None, error_code="corrupt")
    make_space()
    console: list[str] = []
    page.on("console", lambda message: console.append(message.text))
    page.goto(f"{live_server}/admin/login/")
    page.fill("#id_username", "curator")
    page.fill("#id_password", "secret-of-tests")
    page.click("input[type=submit]")
    for address in ("image/", f"image/{image.pk}/change/", "embeddingspace/", "indexbuild/"):
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
    page.click("input[type=submit]")
    page.check("#action-toggle")
    page.select_option("select[name=action]", "retry")
    page.click("button[name=index]")
    assert page.locator(".messagelist").inner_text() == "Retrying 1 picture."
    image.refresh_from_db()
    assert image.state == "stored"
