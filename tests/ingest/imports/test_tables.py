"""Imports of tables with paths: which columns are recognised, and what is wrong with rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from django.contrib.auth.models import User

from gallery.ingest.imports import control, create
from gallery.models import Image, ImportJob, ImportRow
from tests import scenes
from tests.ingest.imports.conftest import Import, counts, reasons, worked

pytestmark = pytest.mark.django_db(transaction=True)

Table = Callable[..., Path]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Writes a table into a folder with pictures of the names 0.png, 1.png and 2.png."""
    folder = tmp_path / "tables"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.png").write_bytes(scenes.plain((number, 0, 0)))

    def write(text: str | bytes, name: str = "table.csv") -> Path:
        path = folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


ROW = {
    "Image Path": "0.png",
    "Title": "A red square",
    "description": "All of it is “red”.",
    "tags": "red; squares",
    "date": "2024-05-06T07:08:09Z",
    "id": "sku-1",
    "visibility": "members",
    "price": "12",
}


def assert_is_row(image: Image, price: object = "12") -> None:
    assert (image.title, image.caption) == ("A red square", "All of it is “red”.")
    assert image.tag_names.split("\n") == ["red", "squares"]
    assert image.taken_at == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert (image.external_id, image.visibility) == ("sku-1", "members")
    assert (image.metadata, image.file_name) == ({"price": price}, "0.png")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_of_a_csv_file_are_recognised(
    delimiter: str, encoding: str, table: Table, imported: Import
) -> None:
    lines = [list(ROW), list(ROW.values())]
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    job = imported(table(text.encode(encoding)))
    assert counts(job) == (1, 1, 0, 0)
    assert_is_row(Image.objects.get())


def test_columns_of_json_lines_are_recognised(table: Table, imported: Import) -> None:
    row = {**ROW, "tags": ["red", "squares"], "price": 12}
    imported(table(json.dumps(row) + "\n\n", "table.jsonl"))
    assert_is_row(Image.objects.get(), price=12)


def test_columns_of_parquet_are_recognised(table: Table, imported: Import) -> None:
    path = table("", "table.parquet")
    row = {**ROW, "date": datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC), "price": 12, "empty": None}
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([row]), path)
    imported(path)
    assert_is_row(Image.objects.get(), price=12)


def test_tables_keep_all_tags(table: Table, imported: Import) -> None:
    row = {**ROW, "tags": [f"tag {number}" for number in range(150)]}
    assert counts(imported(table(json.dumps(row), "table.jsonl"))) == (1, 1, 0, 0)
    assert Image.objects.get().tag_names.count("tag ") == 150


def test_bad_rows_of_csv_are_dropped_alone(table: Table, imported: Import) -> None:
    rows = [
        "path,caption", "0.png,fine", ",no place", "9.png,no file", "../x.png,outside",
        "1.png,too,many", 'x.png,"never closed', "2.png,also fine", "", '1.png,"two\nlines"',
        "/etc/hostname,outside", "a\0b.png,nul",
    ]  # fmt: skip
    text = "\n".join(rows).encode() + b"\n0.png,\xff\n"
    job = imported(table(text))
    assert counts(job) == (11, 3, 0, 8)
    rows_by_number = dict(
        ImportRow.objects.filter(job=job).order_by("number").values_list("number", "error_code")
    )
    assert rows_by_number == {
        2: "no_place", 3: "file_missing", 4: "unsafe_path", 5: "bad_row", 6: "bad_row",
        9: "unsafe_path", 10: "file_missing", 11: "bad_row",
    }  # fmt: skip
    assert set(Image.objects.values_list("caption", flat=True)) == {
        "fine", "also fine", "two\nlines",
    }  # fmt: skip


def test_fields_that_pictures_cannot_have_are_reasons(table: Table, imported: Import) -> None:
    rows = [
        {"path": "0.png", "title": "x" * 300},
        {"path": "1.png", "visibility": "nobody"},
        {"path": "2.png", "date": "soon", "emoji": "😀", "n": 2**70},
        {"path": "2.png", "metadata": {"a": {"b": {"c": {"d": {"e": 1}}}}}},
        ["2.png"],
        {"path": "2.png", "caption": "\ud800"},
    ]
    text = "\n".join(map(json.dumps, rows)) + "\nno JSON\n"
    job = imported(table(text, "table.jsonl"))
    assert counts(job) == (7, 1, 0, 6)
    assert job.incomplete == 1
    codes = ImportRow.objects.filter(job=job).order_by("number").values_list("error_code")
    assert [code for (code,) in codes] == [
        "invalid", "invalid", "date_unknown", "invalid", "bad_row", "bad_row", "bad_row",
    ]  # fmt: skip
    assert Image.objects.get().metadata == {"date": "soon", "emoji": "😀", "n": str(2**70)}


@pytest.mark.parametrize("date", ["5/1/2024 3:14 PM", "01.05.2024"])
def test_dates_of_one_country_are_notes(date: str, table: Table, imported: Import) -> None:
    job = imported(table(f"path,date\n0.png,{date}\n"))
    assert (job.imported, reasons(job)) == (1, {"0.png": "date_unknown"})
    image = Image.objects.get()
    assert (image.taken_at, image.metadata) == (None, {"date": date})


def test_milliseconds_and_short_names_are_read(table: Table, imported: Import) -> None:
    job = imported(table("path,date,lat,lng\n0.png,1714979289000,48.5,2.25\n"))
    assert reasons(job) == {}
    image = Image.objects.get()
    assert image.taken_at == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert (image.latitude, image.longitude) == (48.5, 2.25)


def test_an_uploaded_table_names_no_paths(table: Table, imported: Import) -> None:
    job = imported(table("path\n0.png\n"), uploaded_as="mine.csv")
    assert reasons(job) == {"0.png": "not_a_url"}
    assert not Path(job.source).exists()  # uploads are deleted at the end


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("table.csv", "a,b\n1,2\n"), ("table.csv", ""), ("table.csv", b"\xff\xd8,b\n1,2\n"),
        ("table.parquet", "path\n0.png\n"), ("table.zip", "path\n0.png\n"),
    ],
)  # fmt: skip
def test_a_file_of_another_kind_is_a_problem(
    name: str, text: str | bytes, table: Table, imported: Import
) -> None:
    job = imported(table(text, name))
    assert job.problem_code == ImportJob.Problem.SOURCE_UNREADABLE
    assert job.problem


def test_a_table_that_changes_pauses_the_import(table: Table, imported: Import) -> None:
    path = table("path\n0.png\n9.png\n")
    job = imported(path)
    ImportJob.objects.update(completed_at=None, is_read=False)
    path.write_text("path\n0.png\n1.png\n2.png\n")
    worked(job)
    assert job.problem_code == ImportJob.Problem.SOURCE_CHANGED
    control.resume(job)
    worked(job)
    assert job.problem_code == ImportJob.Problem.SOURCE_CHANGED
    assert counts(job) == (2, 1, 0, 1)


def test_pausing_stops_an_import_and_resuming_ends_it(table: Table, owner: User) -> None:
    job = create.create(table("path\n0.png\n"), owner, create.ImportOptions())
    control.pause(job)
    assert counts(worked(job)) == (0, 0, 0, 0)
    control.resume(job)
    assert counts(worked(job)) == (1, 1, 0, 0)
    assert job.completed_at is not None
