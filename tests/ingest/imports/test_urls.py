"""Imports of tables with URLs: the servers are asked politely, and again where that helps."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from gallery.ingest.imports import control, create, reading
from gallery.ingest.imports.sources.opening import open_source
from gallery.models import Image, ImportJob, ImportRow
from tests import scenes
from tests.ingest.imports.conftest import Import, counts, reasons, worked
from tests.picture_server import PictureServer

pytestmark = pytest.mark.django_db(transaction=True)

Table = Callable[..., Path]


@pytest.fixture(autouse=True)
def quick(gallery_setting: Any) -> None:
    gallery_setting(import_rate=1000.0)


@pytest.fixture
def table(tmp_path: Path, picture_server: PictureServer) -> Table:
    """Writes a table as Conceptual Captions has it: captions and URLs without a header."""

    def write(*paths: str) -> Path:
        path = tmp_path / "captions.tsv"
        lines = [
            f"caption of {name}\t{name if '://' in name else picture_server.url(name)}\n"
            for name in paths
        ]
        path.write_text("".join(lines))
        return path

    return write


def test_pictures_of_urls_have_their_captions(
    table: Table, imported: Import, picture_server: PictureServer
) -> None:
    picture_server.files |= {"/a.png": scenes.plain(), "/b/": scenes.photo(), "/c.png": b"text"}
    job = imported(table("/a.png", "/b/", "/missing.png", "/c.png", "http://10.0.0.1/x.png"))
    images = Image.objects.order_by("caption").values_list("caption", "file_name")
    assert list(images) == [("caption of /a.png", "a.png"), ("caption of /b/", "")]
    refused = reasons(job)
    assert refused[picture_server.url("/missing.png")] == "url_answer"
    assert refused[picture_server.url("/c.png")] == "unsupported_type"
    # The address is not public; that is tried again, as each server that does not answer.
    row = ImportRow.objects.get(place="http://10.0.0.1/x.png")
    assert row.error_code == "url_unreachable"
    assert not row.skipped


def test_faults_of_a_server_are_tried_three_times(
    table: Table, imported: Import, picture_server: PictureServer
) -> None:
    picture_server.statuses["/fault.png"] = (500, "")
    job = imported(table("/fault.png"))
    for _ in range(2):
        ImportRow.objects.update(next_attempt_at=timezone.now())
        worked(job)
    assert counts(job) == (1, 0, 0, 1)
    assert picture_server.requests == ["/fault.png"] * 3


def test_an_overloaded_server_has_its_pause(
    table: Table, imported: Import, picture_server: PictureServer
) -> None:
    picture_server.files["/b.png"] = scenes.plain()
    picture_server.statuses["/a.png"] = (429, "120")
    job = imported(table("/a.png", *["/b.png"] * 40))
    due = ImportRow.objects.filter(job=job).order_by("next_attempt_at").first()
    assert due is not None
    assert 100 < (due.next_attempt_at - timezone.now()).total_seconds() < 121
    assert len(picture_server.requests) <= 20
    assert job.waiting == ImportRow.objects.count()


def test_a_server_has_few_connections_at_once(
    table: Table, imported: Import, picture_server: PictureServer, gallery_setting: Any
) -> None:
    gallery_setting(import_connections=2)
    picture_server.delay = 0.05
    picture_server.files |= {f"/{n}.png": scenes.plain((n, n, n), size=(8, 8)) for n in range(12)}
    assert counts(imported(table(*picture_server.files)))[1] == 12
    assert picture_server.most_at_once == 2


def test_other_imports_keep_the_pause_too(
    table: Table, imported: Import, picture_server: PictureServer, tmp_path: Path
) -> None:
    picture_server.statuses["/a.png"] = (503, "120")
    first = imported(table("/a.png"))
    path = tmp_path / "other.csv"
    path.write_text(f"url\n{picture_server.url('/b.png')}\n")
    picture_server.files["/b.png"] = scenes.plain()
    other = imported(path)
    assert picture_server.requests == ["/a.png"]
    assert (first.waiting, other.waiting) == (1, 1)


def test_a_pause_reaches_rows_of_all_imports(
    table: Table, imported: Import, picture_server: PictureServer, owner: User, tmp_path: Path
) -> None:
    path = tmp_path / "other.csv"
    path.write_text(f"url\n{picture_server.url('/b.png')}\n")
    other = create.create(path, owner, create.ImportOptions())
    with closing(open_source(other)) as source:
        reading.read_next(other.pk, source)
    control.pause(other)
    picture_server.statuses["/a.png"] = (503, "120")
    imported(table("/a.png"))
    assert not ImportRow.objects.due().exists()


def test_without_fetching_urls_are_reasons(
    table: Table, imported: Import, gallery_setting: Any
) -> None:
    gallery_setting(fetch_urls=False)
    assert set(reasons(imported(table("/a.png"))).values()) == {"fetching_off"}


def test_a_full_disk_drops_no_row(
    table: Table,
    imported: Import,
    picture_server: PictureServer,
    own_media: Path,
) -> None:
    picture_server.files["/a.png"] = scenes.plain()
    own_media.mkdir(exist_ok=True)
    (own_media / "tmp").write_text("a file where the folder should be")
    job = imported(table("/a.png"))
    assert (job.problem_code, job.dropped) == (ImportJob.Problem.STORAGE, 0)
    (own_media / "tmp").unlink()
    worked(job)
    assert (job.problem_code, counts(job)) == ("", (1, 1, 0, 0))
