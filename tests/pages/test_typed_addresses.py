"""An address or a path typed into the search box is a text like any other."""

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

# Python reports here whatever it opens or connects to; a hook cannot be taken away again.
_heard: list[str] | None = None
_EVENTS = {"open", "socket.connect", "socket.getaddrinfo", "os.listdir", "os.scandir"}


def _listen(event: str, given: tuple[Any, ...]) -> None:
    if _heard is not None and (event in _EVENTS or event.startswith(("urllib", "http"))):
        _heard.append(f"{event} {given}")


sys.addaudithook(_listen)


@pytest.fixture
def heard() -> Iterator[list[str]]:
    global _heard
    _heard = []
    yield _heard
    _heard = None


def test_the_ear_hears_a_file_that_is_opened(heard: list[str], tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"")
    assert any("x.png" in line for line in heard)


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
def test_it_opens_and_asks_nothing(
    client: Client, builtin: EmbeddingSpace, heard: list[str], tmp_path: Path, typed: str, path: str
) -> None:
    picture = tmp_path / "marked-picture.png"
    picture.write_bytes(photo("PNG"))
    make_embedding(make_image(), builtin, unit_vector(0))
    heard.clear()
    response = client.get(path + typed.format(picture))
    assert response.status_code == 200
    assert [line for line in heard if "marked-picture" in line or "example.test" in line] == []
