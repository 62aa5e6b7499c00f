"""Sources that would take all memory, all time, or the whole stage."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from django.contrib.auth.models import User

from gallery.ingest.imports import create
from gallery.ingest.imports.sources.base import Source
from gallery.ingest.imports.sources.tables.delimited import DelimitedTable
from gallery.ingest.imports.sources.tables.json_lines import JsonLines
from gallery.models import Image
from tests import scenes
from tests.ingest.imports.conftest import Import, counts, reasons

in_database = pytest.mark.django_db(transaction=True)


def batches(open_source: Callable[[], Source], *, reopens: bool) -> list[list[str]]:
    """The places of all rows, batch by batch; an error is a place without letters."""
    position, result, source = "", [], open_source()
    while True:
        batch = source.read(position, 50)
        result.append([row.place for row in batch.rows])
        if batch.is_last:
            source.close()
            return result
        position = batch.position
        if reopens:
            source.close()
            source = open_source()


@pytest.mark.parametrize("reopens", [False, True])
def test_open_quotes_do_not_join_batches(tmp_path: Path, reopens: bool) -> None:
    """Each bad record gives its other lines back, so the file was read as one batch."""
    path = tmp_path / "table.csv"
    lines = ['"a' if number % 7 else f"http://x/{number}" for number in range(1, 700)]
    path.write_text("\n".join(["url", *lines, ""]))
    found = batches(lambda: DelimitedTable(path, None), reopens=reopens)
    assert max(map(len, found)) <= 50
    places = [place for batch in found for place in batch]
    assert len(places) == 699
    urls = [line for line in lines if line.startswith("http")]
    assert [place for place in places if place.startswith("http")] == urls


@pytest.mark.parametrize("kind", [DelimitedTable, JsonLines])
def test_blank_lines_do_not_join_batches(tmp_path: Path, kind: type) -> None:
    path = tmp_path / "table"
    path.write_text("url\n" + "\n" * 1000)
    assert len(batches(lambda: kind(path, None), reopens=False)) > 10


def test_long_lines_end_a_batch(tmp_path: Path) -> None:
    path = tmp_path / "table.jsonl"
    path.write_text(('{"url": "http://x/", "caption": "' + "a" * 1_000_000 + '"}\n') * 20)
    assert max(map(len, batches(lambda: JsonLines(path, None), reopens=True))) < 10


@in_database
def test_a_claimed_directory_is_not_read(tmp_path: Path, imported: Import) -> None:
    """The record of large archives counts more than the other one, which says one file."""
    path = tmp_path / "pictures.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", scenes.plain())
    data = path.read_bytes()
    end = data.rfind(b"PK\x05\x06")
    numbers = struct.pack("<QQQQ", 1, 1, 1 << 40, 0)
    large = b"PK\x06\x06" + struct.pack("<QHHII", 44, 45, 45, 0, 0) + numbers
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, end, 1)
    path.write_bytes(data[:end] + large + locator + data[end:])
    job = imported(path)
    assert (counts(job), job.problem_code) == ((0, 0, 0, 0), "source_unreadable")
    assert "more than 500000 files" in str(job.problem)


@in_database
def test_sidecars_are_checked_like_pictures(tmp_path: Path, imported: Import) -> None:
    path = tmp_path / "pictures.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", scenes.plain())
        archive.writestr("a.png.xmp", bytes(4 << 20), compress_type=zipfile.ZIP_BZIP2)
    job = imported(path)
    assert counts(job) == (1, 1, 0, 0)
    assert reasons(job) == {"a.png": "sidecar_unreadable"}


@in_database
def test_names_like_urls_are_paths_in_archives(tmp_path: Path, imported: Import) -> None:
    path = tmp_path / "pictures.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("http://example.org/a.png", scenes.plain())
    assert counts(imported(path)) == (1, 1, 0, 0)


@in_database
def test_other_columns_of_parquet_do_no_harm(tmp_path: Path, imported: Import) -> None:
    """As pandas writes moments, and a vector as text."""
    (tmp_path / "0.png").write_bytes(scenes.plain())
    moment = pyarrow.array([1_714_979_289_123_456_789], pyarrow.timestamp("ns", "UTC"))
    columns = {"path": ["0.png"], "date": moment, "vector": ["[1, 2]"], "other": moment}
    path = tmp_path / "table.parquet"
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    job = imported(path)
    assert counts(job) == (1, 1, 0, 0)
    assert reasons(job) == {"0.png": "vector_width"}
    taken_at = Image.objects.get().taken_at
    assert isinstance(taken_at, datetime)
    assert (taken_at.year, taken_at.second) == (2024, 9)


@in_database
@pytest.mark.parametrize("depth", [400, 700, 5000])
def test_deep_values_are_reasons_of_rows(tmp_path: Path, imported: Import, depth: int) -> None:
    (tmp_path / "0.png").write_bytes(scenes.plain())
    path = tmp_path / "table.jsonl"
    deep = '{"path": "0.png", "a": ' + "[" * depth + "]" * depth + "}"
    path.write_text(deep + '\n{"path": "0.png"}\n')
    assert counts(imported(path)) == (2, 1, 0, 1)


@in_database
def test_one_source_does_not_stop_the_others(
    tmp_path: Path, owner: User, imported: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: JsonLines, position: str, limit: int) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(JsonLines, "read", fail)
    (tmp_path / "a.jsonl").write_text('{"path": "0.png"}\n')
    bad = create.create(tmp_path / "a.jsonl", owner, create.ImportOptions())
    (tmp_path / "0.png").write_bytes(scenes.plain())
    (tmp_path / "b.csv").write_text("path\n0.png\n")
    assert counts(imported(tmp_path / "b.csv")) == (1, 1, 0, 0)
    bad.refresh_from_db()
    assert bad.problem_code == "source_unreadable"


@in_database
def test_an_unusable_parquet_file_is_a_problem(tmp_path: Path, imported: Import) -> None:
    moment = pyarrow.array([1], pyarrow.timestamp("s", "No/Where"))
    path = tmp_path / "table.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"path": ["0.png"], "date": moment}), path)
    assert imported(path).problem_code == "source_unreadable"


@in_database
@pytest.mark.slow
def test_uploads_of_bad_rows_end(tmp_path: Path, imported: Import) -> None:
    """Each dropped row is stored with its reason."""
    path = tmp_path / "table.jsonl"
    path.write_text("1\n" * 150_000)
    job = imported(path, uploaded_as="table.jsonl")
    assert job.problem_code == "source_unreadable"
    assert job.dropped <= 100_000
