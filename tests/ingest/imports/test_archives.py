"""Imports of ZIP archives."""

from __future__ import annotations

import errno
import struct
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from gallery.ingest.imports import create, run, sources
from gallery.ingest.imports.sources import archive_checks
from gallery.ingest.imports.sources.archive import Archive
from gallery.ingest.imports.sources.base import Source
from gallery.ingest.imports.sources.opening import open_source
from gallery.models import Image, ImportJob, ImportRow, JobState
from tests import scenes
from tests.ingest.imports.conftest import Import, counts, reasons, worked

pytestmark = pytest.mark.django_db(transaction=True)

MakeArchive = Callable[..., Path]


@pytest.fixture
def archive(tmp_path: Path) -> MakeArchive:
    def write(members: dict[str, bytes], **options: Any) -> Path:
        path = tmp_path / "pictures.zip"
        with zipfile.ZipFile(path, "w", **options) as file:
            for name, data in members.items():
                file.writestr(name, data)
        return path

    return write


def test_pictures_of_an_archive_are_imported(archive: MakeArchive, imported: Import) -> None:
    path = archive(
        {
            "a.png": scenes.plain(),
            "海边/b.jpg": scenes.photo(),
            "__MACOSX/a.png": b"x",
            "notes.txt": b"Nothing to see here.",
        },
        compression=zipfile.ZIP_DEFLATED,
    )
    job = imported(path)
    assert counts(job) == (3, 2, 0, 1)
    assert reasons(job) == {"notes.txt": "unsupported_type"}
    assert set(Image.objects.values_list("file_name", flat=True)) == {"a.png", "b.jpg"}


def test_a_part_that_changed_stops_the_import(tmp_path: Path, owner: User) -> None:
    parts = [tmp_path / "1.zip", tmp_path / "2.zip"]
    for part in parts:
        with zipfile.ZipFile(part, "w") as file:
            file.writestr("a.png", scenes.plain())
    job = create.create(parts[0], owner, create.ImportOptions(), parts=parts[1:])
    parts[1].write_bytes(b"")
    assert worked(job).problem_code == "source_changed"


def broken(_: Any) -> Iterator[bytes]:
    raise OSError(errno.EIO, "Input/output error")


def test_pictures_wait_for_a_broken_disk(
    archive: MakeArchive, imported: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archive({"a.png": scenes.plain()})
    with monkeypatch.context() as faults:
        faults.setattr(sources.archive, "chunks_of", broken)
        job = imported(path)
    assert (counts(job), job.problem_code) == ((1, 0, 0, 0), "source_missing")
    ImportRow.objects.update(next_attempt_at=timezone.now())
    assert counts(worked(job)) == (1, 1, 0, 0)


def test_pictures_wait_for_a_lost_archive(
    archive: MakeArchive, imported: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archive({"a.png": scenes.plain()})

    def lost(_: Any) -> Iterator[bytes]:
        path.rename(path.with_name("elsewhere"))
        raise OSError(errno.ESTALE, "Stale file handle")

    monkeypatch.setattr(sources.archive, "chunks_of", lost)
    job = imported(path)
    assert (counts(job), job.state) == ((1, 0, 0, 0), JobState.PAUSED)


def test_folders_of_archives_are_counted(
    archive: MakeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []
    monkeypatch.setattr(archive_checks, "refuse_too_many", counted.append)
    Archive([archive({f"folder {number}/": b"" for number in range(11)})]).close()
    assert max(counted) == 11


def test_slow_opening_leaves_time_for_rows(
    archive: MakeArchive, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_slowly(job: ImportJob) -> Source:
        time.sleep(0.5)
        return open_source(job)

    monkeypatch.setattr(run, "open_source", open_slowly)
    path = archive({"a.png": scenes.plain()})
    assert counts(worked(create.create(path, owner, create.ImportOptions()), 0.2)) == (1, 1, 0, 0)


def test_unsafe_members_are_dropped_with_reasons(archive: MakeArchive, imported: Import) -> None:
    bomb = b"BM" + bytes(8 << 20)
    path = archive(
        {"../up.png": b"x", "/etc/a.png": b"x", "c:/b.png": b"x", "d.zip": b"x", "e.png": b"x",
         "f.png": scenes.plain(), "g.png": scenes.photo("PNG")},
    )  # fmt: skip
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        file.writestr("bomb.bmp", bomb * 4)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_BZIP2) as file:
        file.writestr("bzip2.png", scenes.plain())
    data = bytearray(path.read_bytes())
    # The flag of encryption in the directory, and a changed byte in the data of another member.
    entry = data.rindex(b"e.png") - 46
    data[entry + 8] |= 1
    data[data.index(b"g.png") + 5 + 40] ^= 0xFF
    path.write_bytes(data)
    job = imported(path)
    assert reasons(job) == {
        "../up.png": "unsafe_path", "/etc/a.png": "unsafe_path", "c:/b.png": "unsafe_path",
        "d.zip": "nested_archive", "e.png": "encrypted_file", "g.png": "damaged_archive",
        "bzip2.png": "damaged_archive", "bomb.bmp": "suspicious_compression",
    }  # fmt: skip
    assert counts(job) == (9, 1, 0, 8)


def test_members_over_the_limit_are_not_read(
    archive: MakeArchive, imported: Import, gallery_setting: Any
) -> None:
    gallery_setting(max_file_size=1000)
    path = archive({"large.png": bytes(5000), "small.png": scenes.plain()})
    assert reasons(imported(path)) == {"large.png": "file_too_large"}


def test_a_member_that_is_larger_than_declared(
    archive: MakeArchive, imported: Import, own_media: Path
) -> None:
    picture = scenes.photo("PNG", size=(400, 300))
    path = archive({"liar.png": picture}, compression=zipfile.ZIP_DEFLATED)
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"liar.png") - 46
    struct.pack_into("<I", data, entry + 24, 100)
    path.write_bytes(data)
    assert reasons(imported(path)) == {"liar.png": "damaged_archive"}
    assert not [file for file in own_media.rglob("*") if file.is_file()]


def test_an_archive_of_overlapping_members_is_refused(
    archive: MakeArchive, imported: Import
) -> None:
    path = archive({"a.png": scenes.plain(), "b.png": scenes.photo("PNG")})
    data = bytearray(path.read_bytes())
    second = data.rindex(b"b.png") - 46
    struct.pack_into("<I", data, second + 42, 0)
    path.write_bytes(data)
    job = imported(path)
    assert job.problem_code == ImportJob.Problem.SOURCE_UNREADABLE
    assert counts(job) == (0, 0, 0, 0)


def test_names_in_code_page_437_are_read(archive: MakeArchive, imported: Import) -> None:
    """The format's own encoding, and names in UTF-8 that are not marked as such."""
    path = archive({"aaa.png": scenes.plain(), "bbb.png": scenes.plain((1, 2, 3))})
    data = path.read_bytes().replace(b"aaa.png", b"\x81\x84a.png")
    path.write_bytes(data.replace(b"bbb.png", "éa".encode() + b".png"))
    imported(path)
    assert set(Image.objects.values_list("file_name", flat=True)) == {"üäa.png", "éa.png"}
