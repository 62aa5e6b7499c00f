from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page

from tests.builders import make_image, make_space


@pytest.mark.browser
def test_the_admin_works_under_the_site_s_strict_policy(
    live_server: Any, page: Page, curator: User, owner: User
) -> None:
    image = make_image(owner, state="failed", width=None, error_code="corrupt")
    make_space()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{live_server}/admin/login/")
    page.fill("#id_username", "curator")
    page.fill("#id_password", "secret-of-tests")
    page.click("input[type=submit]")
    for address in ("image/", f"image/{image.pk}/change/", "embeddingspace/", "indexbuild/"):
        page.goto(f"{live_server}/admin/gallery/{address}")
    refused = [words for words in complaints if "Content Security Policy" in words]
    assert refused == []


@pytest.mark.browser
def test_an_action_is_one_choice_and_one_click(
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
    assert page.locator(".messagelist").inner_text() == "1 picture is tried again."
    image.refresh_from_db()
    assert image.state == "stored"
