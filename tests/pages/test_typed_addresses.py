"""A URL or path in the search box is a text: the server must not open it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from gallery.models import EmbeddingSpace
from tests.builders import make_embedding, make_image, unit_vector
from tests.scenes import photo

pytestmark = pytest.mark.django_db

# Python calls the audit hook for files and connections. A hook cannot be removed.
_events: list[str] | None = None
_OPENING = {"open", "socket.connect", "socket.getaddrinfo", "os.listdir", "os.scandir"}


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    if _events is not None and (event in _OPENING or event.startswith(("urllib", "http"))):
        _events.append(f"{event} {arguments}")


sys.addaudithook(_listen)


@pytest.fixture
def events() -> Iterator[list[str]]:
    global _events
    _events = []
    yield _events
    _events = None


def test_opening_a_file_is_recorded(events: list[str], tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"")
    assert any("x.png" in line for line in events)


@pytest.mark.parametrize(
    "typed",
    [
        "http://example.test/marked-picture.png",
        "file://{}",
        "{}",
        "~/marked-picture.png",
        "//example.test/marked-picture.png",
        "data:image/png;base64,marked-picture",
    ],
)
@pytest.mark.parametrize("path", ["/search/?q=", "/api/v1/search/?q="])
def test_no_file_or_connection_is_opened(
    client: Client,
    builtin: EmbeddingSpace,
    events: list[str],
    tmp_path: Path,
    typed: str,
    path: str,
) -> None:
    picture = tmp_path / "marked-picture.png"
    picture.write_bytes(photo("PNG"))
    make_embedding(make_image(), builtin, unit_vector(0))
    events.clear()
    response = client.get(path + typed.format(picture))
    assert response.status_code == 200
    assert [line for line in events if "marked-picture" in line or "example.test" in line] == []
