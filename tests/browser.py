"""Debian's chromium for every test that asks for a ``page``; no browser is downloaded."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest
from playwright.sync_api import expect

# The browser and what it looks at share two cores with whatever else runs.
expect.set_options(timeout=20_000)
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
# The live server under a name that looks public: some scripts behave on a loopback address.
PUBLIC_NAME = "gallery.example"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if not os.access(CHROMIUM, os.X_OK):
        pytest.skip("NO BROWSER TESTS: Debian's chromium is not installed (apt install chromium)")
    # From here to the end of the session an event loop of Playwright's runs in this thread, which
    # Django's database layer would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    arguments = [f"--host-resolver-rules=MAP {PUBLIC_NAME} 127.0.0.1"]
    if os.geteuid() == 0:
        # Root may not use chromium's sandbox, as in a container.
        arguments.append("--no-sandbox")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    # Replaces the plugin's own, whose base_url fixture fails under this version of pytest.
    return {"locale": "en-GB", "viewport": {"width": 1280, "height": 860}}
