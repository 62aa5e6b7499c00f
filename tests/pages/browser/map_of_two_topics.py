"""A map in the browser, for the tests that import these fixtures."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from gallery.models import EmbeddingSpace, Image
from tests.builders import make_embedded, make_tag, tag_image
from tests.map.conftest import near, update_all
from tests.pages.conftest import put_files


@pytest.fixture
def pictures(owner: User, builtin: EmbeddingSpace) -> list[Image]:
    """Two topics of six pictures each."""
    vectors = [near(topic, number) for topic in (1, 2) for number in range(6)]
    sizes = {"width": 300, "height": 200, "format": "png"}
    images = make_embedded(builtin, vectors, owner=owner, title="a boat", **sizes)
    tag = make_tag("beach")
    for image in images[:6]:
        tag_image(image, tag)
    for image in images:
        put_files(image)
    update_all()
    return images


@pytest.fixture
def map_page(live_server: LiveServer, page: Page, pictures: list[Image]) -> Page:
    page.goto(f"{live_server.url}/map/")
    expect(page.locator(".map-thumbnails img").first).to_be_visible()
    return page
