"""Every test with a ``page`` uses Debian's chromium; no browser is downloaded."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest
from django.conf import LazySettings
from playwright.sync_api import expect

# The browser, the site and other programs may share two cores, so pages can be slow.
expect.set_options(timeout=20_000)
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
# A public name for the live server, because some scripts behave differently on a loopback address.
PUBLIC_NAME = "gallery.example"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if not os.access(CHROMIUM, os.X_OK):
        pytest.skip("Browser tests need Debian's chromium: apt install chromium")
    # Playwright's event loop runs in this thread until the session ends. Django's database layer
    # would mistake the tests for asynchronous code and refuse to work.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    arguments = [f"--host-resolver-rules=MAP {PUBLIC_NAME} 127.0.0.1"]
    # WebGL on the processor, because there may be no graphics card. Pages without it are composed
    # as before, which is faster.
    arguments += ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    arguments.append("--disable-gpu-compositing")
    if os.geteuid() == 0:
        # Root cannot use chromium's sandbox; tests in a container often run as root.
        arguments.append("--no-sandbox")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}


@pytest.fixture(autouse=True)
def public_name_allowed(settings: LazySettings) -> None:
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, PUBLIC_NAME]


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    # This replaces the plugin's fixture, whose base_url fixture fails under this pytest version.
    return {"locale": "en-GB", "viewport": {"width": 1280, "height": 860}}
