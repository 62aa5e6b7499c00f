from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gallery.core.errors import FileTooLarge, StorageFull, StorageUnavailable
from gallery.media import storage

LIMIT = 1000


@pytest.fixture(autouse=True)
def size_limit(gallery_setting: Callable[..., None]) -> None:
    gallery_setting(max_file_size=LIMIT)


def files_in(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def test_an_upload_is_hashed_and_counted() -> None:
    with storage.receive([b"ab", b"", b"c"]) as received:
        assert received.path.read_bytes() == b"abc"
        assert (received.size, received.head) == (3, b"abc")
        assert received.sha256 == hashlib.sha256(b"abc").hexdigest()


def test_an_upload_is_removed_unless_kept(own_media: Path) -> None:
    with storage.receive([b"abc"]):
        assert files_in(own_media)
    assert not files_in(own_media)


def test_a_kept_upload_has_private_permissions(own_media: Path) -> None:
    key = uuid.uuid4()
    name = storage.original_name(key, "jpg")
    with storage.receive([b"abc"]) as received:
        path = storage.keep(received, name)
    assert path == own_media / "originals" / str(key)[:2] / f"{key}.jpg"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert files_in(own_media) == [path]


def test_receiving_stops_at_the_size_limit(own_media: Path) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(3):
            yield bytes(LIMIT // 2)
        pytest.fail("read after the limit was exceeded")

    with pytest.raises(FileTooLarge), storage.receive(endless()):
        pass
    assert not files_in(own_media)


@pytest.mark.parametrize(
    ("number", "error_type"),
    [
        (errno.ENOSPC, StorageFull),
        (errno.EDQUOT, StorageFull),
        (errno.EIO, StorageUnavailable),
        (errno.EROFS, StorageUnavailable),
    ],
)
@pytest.mark.parametrize("call", ["write", "fsync", "mkstemp"])
def test_a_disk_error_leaves_no_file(
    call: str,
    number: int,
    error_type: type[Exception],
    own_media: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own_media.joinpath("tmp").mkdir(parents=True)
    module = "tempfile" if call == "mkstemp" else "os"
    monkeypatch.setattr(f"gallery.media.storage.{module}.{call}", _refusing(number))
    with pytest.raises(error_type), storage.receive([b"abc"]):
        pass
    monkeypatch.undo()
    assert not files_in(own_media)


def test_errors_of_the_sender_pass_unchanged(own_media: Path) -> None:
    def aborted() -> Iterator[bytes]:
        yield b"abc"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError), storage.receive(aborted()):
        pass
    assert not files_in(own_media)


@pytest.fixture
def disk_calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is synced (``file`` or ``folder``), and ``name`` for a file that gets its name."""
    calls: list[str] = []
    sync, replace = os.fsync, Path.replace

    def record_sync(descriptor: int) -> None:
        calls.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        sync(descriptor)

    def record_replace(path: Path, target: Path) -> Any:
        calls.append("name")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", record_sync)
    monkeypatch.setattr(Path, "replace", record_replace)
    return calls


def test_file_and_name_are_synced_in_order(disk_calls: list[str]) -> None:
    for name in ("first", "second"):
        disk_calls.clear()  # the first upload also makes the folders
        with storage.receive([b"abc"]) as received:
            storage.keep(received, f"originals/aa/{name}.jpg")
    assert disk_calls == ["file", "name", "folder"]


def test_previews_are_synced_in_order(disk_calls: list[str]) -> None:
    key = uuid.uuid4()
    for _ in range(2):
        with storage.decode_folder() as folder:
            (folder / "small.webp").write_bytes(b"abc")
            disk_calls.clear()
            storage.keep_previews(key, {"small": folder / "small.webp"})
    assert disk_calls == ["file", "name", "folder"]


def test_previews_are_replaced_and_deleted_together(own_media: Path) -> None:
    key = uuid.uuid4()
    for content in (b"old", b"new"):
        with storage.decode_folder() as folder:
            (folder / "small.webp").write_bytes(content)
            storage.keep_previews(key, {"small": folder / "small.webp"})
    assert storage.preview_path(key, "small").read_bytes() == b"new"
    storage.forget(key)
    assert not files_in(own_media)


def test_an_unknown_preview_size_has_no_path() -> None:
    with pytest.raises(KeyError):
        storage.preview_path(uuid.uuid4(), "../small")


def test_deleting_missing_files_is_no_error() -> None:
    storage.forget(uuid.uuid4(), "originals/aa/gone.jpg")


def test_only_old_temporary_files_are_abandoned(own_media: Path) -> None:
    assert storage.abandoned(60) == []
    with storage.receive([b"x"]) as young, storage.decode_folder() as old:
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
