from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gallery.core.errors import FileTooLarge, StorageFull, StorageUnavailable
from gallery.media import storage

LIMIT = 1000


def left(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def test_an_upload_is_hashed_and_counted() -> None:
    with storage.receive([b"ab", b"", b"c"], LIMIT) as received:
        assert received.path.read_bytes() == b"abc"
        assert (received.size, received.head) == (3, b"abc")
        assert received.sha256 == hashlib.sha256(b"abc").hexdigest()


def test_an_upload_that_is_not_kept_is_gone(own_media: Path) -> None:
    with storage.receive([b"abc"], LIMIT):
        assert left(own_media)
    assert not left(own_media)


def test_a_kept_upload_lies_under_its_id_for_the_owner_alone(own_media: Path) -> None:
    key = uuid.uuid4()
    name = storage.original_name(key, "jpg")
    with storage.receive([b"abc"], LIMIT) as received:
        path = storage.keep(received, name)
    assert path == own_media / "originals" / str(key)[:2] / f"{key}.jpg"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert left(own_media) == [path]


def test_too_many_bytes_are_refused_while_they_arrive(own_media: Path) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(3):
            yield bytes(LIMIT // 2)
        pytest.fail("read on past the limit")

    with pytest.raises(FileTooLarge), storage.receive(endless(), LIMIT):
        pass
    assert not left(own_media)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, StorageFull),
        (errno.EDQUOT, StorageFull),
        (errno.EIO, StorageUnavailable),
        (errno.EROFS, StorageUnavailable),
    ],
)
@pytest.mark.parametrize("call", ["write", "fsync", "mkstemp"])
def test_a_disk_that_refuses_is_named_and_nothing_is_left(
    call: str, number: int, kind: type[Exception], own_media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_media.joinpath("tmp").mkdir(parents=True)
    module = "tempfile" if call == "mkstemp" else "os"
    monkeypatch.setattr(f"gallery.media.storage.{module}.{call}", _refusing(number))
    with pytest.raises(kind), storage.receive([b"abc"], LIMIT):
        pass
    monkeypatch.undo()
    assert not left(own_media)


def test_what_the_sender_raises_is_not_the_disks_fault(own_media: Path) -> None:
    def aborted() -> Iterator[bytes]:
        yield b"abc"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError), storage.receive(aborted(), LIMIT):
        pass
    assert not left(own_media)


def test_the_file_is_durable_before_its_name_and_the_name_before_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with storage.receive([b"warm"], LIMIT) as received:
        storage.keep(received, "originals/aa/warm.jpg")
    calls: list[str] = []
    sync, replace = os.fsync, Path.replace

    def note_sync(descriptor: int) -> None:
        calls.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        sync(descriptor)

    def note_replace(path: Path, target: Path) -> Any:
        calls.append("name")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "replace", note_replace)
    with storage.receive([b"abc"], LIMIT) as received:
        storage.keep(received, "originals/aa/abc.jpg")
    assert calls == ["file", "name", "folder"]


def test_previews_replace_their_predecessors_and_are_forgotten_together(own_media: Path) -> None:
    key = uuid.uuid4()
    for content in (b"old", b"new"):
        with storage.job_folder() as folder:
            (folder / "small.webp").write_bytes(content)
            storage.keep_previews(key, {"small": folder / "small.webp"})
    assert storage.preview_path(key, "small").read_bytes() == b"new"
    storage.forget(key)
    assert not left(own_media)


def test_only_known_sizes_have_a_path() -> None:
    with pytest.raises(KeyError):
        storage.preview_path(uuid.uuid4(), "../small")


def test_forgetting_what_is_gone_is_no_error() -> None:
    storage.forget(uuid.uuid4(), "originals/aa/gone.jpg")


def test_only_old_temporary_files_are_abandoned(own_media: Path) -> None:
    assert storage.abandoned(60) == []
    with storage.receive([b"x"], LIMIT) as young, storage.job_folder() as old:
        hour_ago = time.time() - 3600
        os.utime(old, (hour_ago, hour_ago))
        assert storage.abandoned(60) == [old]
        storage.discard(old)
        assert young.path.exists()
        assert not old.exists()


def _refusing(number: int) -> Any:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number))

    return refuse
