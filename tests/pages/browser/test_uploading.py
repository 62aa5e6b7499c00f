import base64
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from gallery.models import EmbeddingSpace, Image, State
from tests.pages.browser.conftest import LogIn, process_pictures
from tests.scenes import photo

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DROP = """([name, type, base64]) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name, { type }));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    document.body.dispatchEvent(
      new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
  }
}"""
PASTE = """([name, type, base64]) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name, { type }));
  document.body.dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true }));
}"""


def boat(**options: object) -> list[str]:
    return ["boat.png", "image/png", base64.b64encode(photo("PNG", **options)).decode()]  # type: ignore[arg-type]


@pytest.fixture
def upload_page(
    live_server: LiveServer, page: Page, owner: User, log_in: LogIn, builtin: EmbeddingSpace
) -> Page:
    log_in(owner)
    page.goto(f"{live_server.url}/upload/")
    return page


def test_progress_is_shown_until_files_are_searchable(
    upload_page: Page, tmp_path: Path, console_errors: list[str]
) -> None:
    for name, size in (("one.png", (60, 40)), ("two.png", (40, 60))):
        (tmp_path / name).write_bytes(photo("PNG", size=size))
    upload_page.set_input_files("#files", [tmp_path / "one.png", tmp_path / "two.png"])
    rows = upload_page.locator(".outcome")
    expect(rows).to_have_count(2)
    for number in (0, 1):
        expect(rows.nth(number)).to_contain_text("Waiting for processing")
    process_pictures()
    expect(rows.nth(0)).to_contain_text("Searchable")
    expect(rows.nth(1)).to_contain_text("Searchable")
    expect(upload_page.locator("#totals")).to_contain_text("2 searchable, 0 in progress")
    assert console_errors == []


def test_a_dropped_picture_is_uploaded(upload_page: Page) -> None:
    upload_page.evaluate(DROP, boat())
    expect(upload_page.locator(".outcome")).to_contain_text("Waiting for processing")
    assert Image.objects.get().file_name == "boat.png"


def test_a_pasted_picture_gets_the_chosen_visibility(upload_page: Page) -> None:
    upload_page.get_by_label("Only me").check()
    upload_page.evaluate(PASTE, boat())
    expect(upload_page.locator(".outcome")).to_contain_text("Waiting for processing")
    assert Image.objects.get().visibility == "private"


def test_duplicates_and_bad_files_are_reported(upload_page: Page, tmp_path: Path) -> None:
    upload_page.evaluate(DROP, boat())
    expect(upload_page.locator(".outcome")).to_have_count(1)
    expect(upload_page.locator(".outcome").first).to_contain_text("Waiting for processing")
    upload_page.evaluate(DROP, boat())
    upload_page.evaluate(DROP, ["notes.png", "image/png", base64.b64encode(b"notes").decode()])
    second, third = upload_page.locator(".outcome").nth(1), upload_page.locator(".outcome").nth(2)
    expect(second).to_contain_text("Uploaded before, is being processed now")
    Image.objects.update(state=State.READY)
    expect(second).to_contain_text("Already in the gallery")
    assert second.locator("a").get_attribute("href") == Image.objects.get().get_absolute_url()
    expect(third).to_contain_text("This file type is not supported")


def test_a_file_over_the_limit_is_not_sent(upload_page: Page) -> None:
    upload_page.locator("#upload").evaluate("(form) => (form.dataset.maxSize = '10')")
    upload_page.evaluate(DROP, boat())
    expect(upload_page.locator(".outcome")).to_contain_text("Save a smaller copy")
    assert not Image.objects.exists()
