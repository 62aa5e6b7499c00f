"""What was understood of a sentence, while typing and by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from gallery.models import EmbeddingSpace
from tests.builders import make_embedded, unit_vector

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_typed_sentence_is_undone_by_keyboard(
    live_server: LiveServer, page: Page, builtin: EmbeddingSpace
) -> None:
    make_embedded(builtin, [unit_vector(1)], title="wide", width=300, height=200)
    make_embedded(builtin, [unit_vector(2)], title="tall", width=200, height=300)
    page.goto(f"{live_server.url}/search/")
    page.get_by_label("Search pictures by description").fill("find boats, landscape format")
    undo = page.get_by_role("link", name="Undo: search “landscape format” as words")
    expect(undo).to_be_visible()
    expect(page.locator("#results .tile")).to_have_count(1)
    undo.press("Enter")
    expect(page).to_have_url(re.compile("as_text=landscape"))
    expect(page.locator("#results .tile")).to_have_count(2)
    expect(page.locator("#intent-line")).to_contain_text("“landscape format” is searched as words")
    page.reload()
    page.get_by_role("link", name="Understand again").click()
    expect(page.locator("#results .tile")).to_have_count(1)
    page.get_by_role("link", name="Search exactly these words").click()
    expect(page.locator("#intent-line")).to_contain_text("Searched exactly as typed")
