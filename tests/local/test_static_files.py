"""What a browser gets of style sheets and scripts after the first start of bin/run."""

from __future__ import annotations

import errno
import gzip
import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.templatetags.static import static
from django.test import Client
from whitenoise.compress import Compressor

from searchsite.local import static_files

pytestmark = pytest.mark.django_db

STYLE = "gallery/css/base.css"
GZIP = {"Accept-Encoding": "gzip"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def get(address: str, *, method: str = "GET", **headers: str) -> Answer:
    """Reads and closes the file, which the test client leaves open."""
    response = Client().generic(method, address, headers=headers)
    with closing(response):
        return Answer(response.status_code, response.headers, response.getvalue())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def lines(settings: LazySettings, folder: Path) -> list[str]:
    settings.STATIC_ROOT = folder
    settings.WHITENOISE_USE_FINDERS = False
    lines: list[str] = []
    static_files.collect(lines.append)
    return lines


@pytest.fixture
def address(lines: list[str]) -> str:
    return static(STYLE)


def test_names_have_a_hash_and_are_kept(address: str) -> None:
    assert address != f"/static/{STYLE}"
    assert get(address).headers["Cache-Control"] == "max-age=315360000, public, immutable"


def test_files_are_compressed(address: str) -> None:
    plain, compressed = get(address), get(address, **GZIP)
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert compressed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert int(compressed.headers["Content-Length"]) == len(compressed.body)
    assert gzip.decompress(compressed.body) == plain.body


def test_head_has_the_length_and_no_body(address: str) -> None:
    head = get(address, method="HEAD", **GZIP)
    assert head.headers["Content-Length"] == str(len(get(address, **GZIP).body))
    assert head.body == b""


def test_a_range_is_of_the_encoded_file(address: str) -> None:
    whole = get(address, **GZIP).body
    part = get(address, **GZIP, Range="bytes=10-19")
    assert part.status == 206
    assert part.headers["Content-Encoding"] == "gzip"
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
    assert part.body == whole[10:20]


def test_an_etag_gives_a_304(address: str) -> None:
    etag = get(address, **GZIP).headers["ETag"]
    second = get(address, **GZIP, **{"If-None-Match": etag})
    assert (second.status, second.body) == (304, b"")


def test_the_next_start_collects_nothing(lines: list[str], folder: Path) -> None:
    manifest = folder / "staticfiles.json"
    made = manifest.stat().st_mtime_ns
    static_files.collect(lines.append)
    assert (manifest.stat().st_mtime_ns, lines) == (made, [])


def test_a_changed_file_is_collected(
    lines: list[str], folder: Path, settings: LazySettings, tmp_path: Path
) -> None:
    (tmp_path / "new.css").write_text("body { color: red }" * 100)
    settings.STATICFILES_DIRS = [tmp_path]
    static_files.collect(lines.append)
    assert static("new.css") != "/static/new.css"
    (tmp_path / "new.css").write_text("body { color: blue }" * 100)
    before = static("new.css")
    static_files.collect(lines.append)
    assert static("new.css") != before


def test_a_full_disk_does_not_stop_the_start(
    settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    settings.STATIC_ROOT = tmp_path
    monkeypatch.setattr(Compressor, "write_data", fail)
    lines: list[str] = []
    static_files.collect(lines.append)
    assert len(lines) == 1
    assert "No space left" in lines[0]
    assert get(static(STYLE)).status == 200
