"""Fixtures of the browser tests: login, console errors, and the work of the workers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from gallery.changeover.choose import choose
from gallery.embeddings.embed import embed_backlog
from gallery.ingest.derive import derive
from gallery.models import EmbeddingSpace, Image, State

LogIn = Callable[[User], None]

# Screen readers announce what is added to a live region after the page has loaded.
RECORD_ANNOUNCEMENTS = """
  window.announced = [];
  new MutationObserver((changes) => {
    if (document.readyState !== "complete") return;
    for (const { target, addedNodes } of changes) {
      if (!target.closest("[role=status], [role=alert]")) continue;
      window.announced.push(...[...addedNodes].map((node) => node.textContent.trim()));
    }
  }).observe(document, { childList: true, subtree: true });
"""


@pytest.fixture
def builtin(transactional_db: None) -> EmbeddingSpace:
    return choose("builtin")


@pytest.fixture
def console_errors(page: Page) -> list[str]:
    """Errors on the browser console, including reports of the CSP."""
    errors: list[str] = []
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors


@pytest.fixture
def log_in(live_server: LiveServer, context: BrowserContext) -> LogIn:
    def log_in(user: User) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])

    return log_in


@pytest.fixture
def listener(page: Page) -> Page:
    page.add_init_script(RECORD_ANNOUNCEMENTS)
    return page


def expect_announced(page: Page, text: str) -> None:
    page.wait_for_function(
        "(text) => window.announced.some((line) => line.includes(text))", arg=text
    )


def process_pictures() -> None:
    """Process all waiting pictures, as the workers would."""
    for key in Image.objects.awaiting(State.STORED).values_list("pk", flat=True):
        derive(key)
    embed_backlog()
