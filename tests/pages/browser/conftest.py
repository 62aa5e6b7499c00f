"""Somebody at the pages: logged in, listening to the console, with workers at hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from gallery.changeover.choose import choose
from gallery.embeddings.embed import embed_backlog
from gallery.ingest.derive import derive
from gallery.models import EmbeddingSpace, Image, State

LogIn = Callable[[User], None]


@pytest.fixture
def builtin(transactional_db: None) -> EmbeddingSpace:

    return choose("builtin")


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser's console says against the pages, CSP reports among it."""
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@pytest.fixture
def log_in(live_server: LiveServer, context: BrowserContext) -> LogIn:
    def log_in(user: User) -> None:
        from django.test import Client

        client = Client()
        client.force_login(user)
        cookie = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])

    return log_in


def work() -> None:
    """What the workers would do with all that waits."""
    for key in Image.objects.awaiting(State.STORED).values_list("pk", flat=True):
        derive(key)
    embed_backlog()
