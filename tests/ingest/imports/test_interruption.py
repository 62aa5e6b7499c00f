"""Processes that are killed in the middle of an import: the report at its end is the same."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from gallery.ingest.imports import create
from gallery.models import Image, ImportJob, ImportRow
from tests import scenes
from tests.ingest.imports.conftest import counts, reasons, worked
from tests.other_process import start
from tests.picture_server import PictureServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

_ROWS = 300


@pytest.fixture
def table(tmp_path: Path, picture_server: PictureServer) -> Path:
    """Of ten rows, seven have pictures, one of them that of another row; three are bad."""
    lines = ["caption,url,sku"]
    for number in range(_ROWS):
        path = f"/{number}.png"
        match number % 10:
            case 0:
                picture_server.files[path] = b"no picture"
            case 1:
                path = "/missing.png"
            case 2:
                lines.append(f"caption {number},,{number}")
                continue
            case 3:
                path = f"/{number + 1}.png"
            case _:
                colour = (number % 256, number // 256, 9)
                picture_server.files[path] = scenes.plain(colour, size=(8, 8))
        lines.append(f"caption {number},{picture_server.url(path)},{number}")
    file = tmp_path / "table.csv"
    file.write_text("\n".join(lines))
    return file


def wait_for_rows(job: ImportJob, done: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        job.refresh_from_db()
        if job.done >= done:
            return
        time.sleep(0.005)
    raise AssertionError(f"only {job.done} rows are done")


def test_a_killed_import_ends_with_the_same_report(
    table: Path, owner: User, picture_server: PictureServer
) -> None:
    job = create.create(table, owner, create.ImportOptions())
    for killed_at in (90, 200):
        process = start("tests.ingest.imports.programs.run_import", allow=[picture_server.address])
        wait_for_rows(job, killed_at)
        process.kill()
        process.communicate()
    assert not job.completed_at
    worked(job)
    assert job.completed_at is not None
    assert counts(job) == (_ROWS, 180, 30, 90)
    assert len(reasons(job)) == 32  # two places have several rows
    rows = ImportRow.objects.filter(job=job)
    assert rows.count() == 90
    assert set(rows.values_list("error_code", flat=True)) == {
        "unsupported_type", "url_answer", "no_place",
    }  # fmt: skip
    assert Image.objects.filter(owner=owner).count() == 180
    numbers = {int(image.metadata["sku"]) for image in Image.objects.all()}
    # Rows of 3 and 4 have the same picture, and the first one has it.
    assert numbers >= {number for number in range(_ROWS) if number % 10 > 4}
    assert {number % 10 for number in numbers} <= set(range(3, 10))
