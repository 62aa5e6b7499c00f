"""A picture that is dragged from another site is searched by its address."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from gallery.models import EmbeddingSpace
from tests.builders import make_embedding, make_image, unit_vector
from tests.pages.browser.conftest import LogIn
from tests.picture_server import PictureServer
from tests.scenes import photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DROP_URL = """([list, html]) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.setData("text/uri-list", list);
  if (html) dataTransfer.setData("text/html", html);
  for (const type of ["dragenter", "dragover", "drop"])
    document.body.dispatchEvent(
      new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }),
    );
}"""


@pytest.fixture
def gallery(
    live_server: LiveServer, page: Page, builtin: EmbeddingSpace, log_in: LogIn, owner: User
) -> Page:
    make_embedding(make_image(owner), builtin, unit_vector(1))
    log_in(owner)
    page.goto(live_server.url)
    return page


def test_a_dropped_picture_url_is_searched(gallery: Page, picture_server: PictureServer) -> None:
    picture_server.files["/boat.png"] = photo("PNG")
    url = picture_server.url("/boat.png")
    page_of_it = "# a link\r\nhttp://127.0.0.1:1/page"
    gallery.evaluate(DROP_URL, [page_of_it, f'<a href="x"><img src="{url}"></a>'])
    expect(gallery).to_have_url(re.compile(r"/search/\?picture=[^&]+$"))


def test_a_dropped_link_that_is_no_picture_is_explained(
    gallery: Page, picture_server: PictureServer
) -> None:
    picture_server.files["/page"] = b"<html>"
    gallery.evaluate(DROP_URL, [picture_server.url("/page"), ""])
    expect(gallery.locator("main")).to_contain_text("not supported")
    gallery.evaluate(DROP_URL, ["mailto:ann@example.com", ""])
    expect(gallery.locator("body")).to_contain_text("This file is not a picture.")
