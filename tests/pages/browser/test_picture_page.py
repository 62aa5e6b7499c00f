"""The page of one picture in the browser."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from gallery.models import EmbeddingSpace
from tests.builders import make_embedding, make_image, unit_vector
from tests.pages.conftest import put_files

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_tiny_picture_has_room_around_it(
    page: Page, live_server: LiveServer, builtin: EmbeddingSpace
) -> None:
    image = make_image(title="tiny", width=16, height=9)
    make_embedding(image, builtin, unit_vector(0))
    put_files(image)
    page.goto(live_server.url + image.get_absolute_url())
    stage = page.locator(".stage").bounding_box()
    picture = page.locator(".stage img").bounding_box()
    assert stage
    assert picture
    assert stage["height"] >= 200
    assert abs((stage["y"] + stage["height"] / 2) - (picture["y"] + picture["height"] / 2)) < 2
    expect(page.locator(".stage img")).to_have_attribute("alt", "tiny")
