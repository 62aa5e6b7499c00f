from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from gallery.core.errors import (
    CorruptImage,
    DecoderCrash,
    StorageFull,
    StorageUnavailable,
    TooExpensive,
)
from gallery.media.decode import decode, decode_pixels
from gallery.media.decoders import process
from tests.local.services import eventually
from tests.media.conftest import Decode
from tests.scenes import photo

PROGRAMS = "tests.media.programs"
PROJECT_FOLDER = Path(__file__).parents[3]

Misbehave = Callable[[str], None]


@pytest.fixture
def misbehave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Misbehave:
    """Runs a function of ``programs.misbehaving_decoder`` behind the limits of the child."""

    def run(behaviour: str) -> None:
        source = tmp_path / "original"
        source.write_text(behaviour)
        monkeypatch.setattr(process, "PROGRAM", f"{PROGRAMS}.misbehaving_decoder")
        decode(source, "jpeg", tmp_path)

    return run


def test_an_endless_loop_is_too_expensive(
    misbehave: Misbehave, gallery_setting: Callable[..., None]
) -> None:
    gallery_setting(decode_seconds=1)
    with pytest.raises(TooExpensive):
        misbehave("loop_endlessly")


def test_cpu_time_of_all_cores_is_too_expensive(
    misbehave: Misbehave, gallery_setting: Callable[..., None]
) -> None:
    """CPU time runs out before wall time; it is reported as a timeout, not as a crash."""
    gallery_setting(decode_seconds=4)
    with pytest.raises(TooExpensive):
        misbehave("compute_on_four_cores")


def test_a_waiting_child_and_grandchild_are_killed(
    misbehave: Misbehave, gallery_setting: Callable[..., None], tmp_path: Path
) -> None:
    gallery_setting(decode_seconds=1)
    with pytest.raises(TooExpensive):
        misbehave("wait_with_a_grandchild")
    with pytest.raises(ProcessLookupError):
        _wait_until_gone(int((tmp_path / "grandchild").read_text()))


def test_a_child_ends_without_its_parent(
    misbehave: Misbehave, gallery_setting: Callable[..., None], tmp_path: Path
) -> None:
    gallery_setting(decode_seconds=1)
    parent = os.fork()
    if not parent:
        try:
            misbehave("write_process_ids")
        finally:
            os._exit(1)
    ids = tmp_path / "process_ids"
    assert eventually(ids.exists, 20)
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    for pid in ids.read_text().split():
        with pytest.raises(ProcessLookupError):
            _wait_until_gone(int(pid))


def test_another_server_follows_a_killed_one(decoded: Decode) -> None:
    picture = photo()
    decoded(picture)
    for server in psutil.Process().children():
        with contextlib.suppress(psutil.ZombieProcess):
            if process.PROGRAM in server.cmdline():
                server.kill()
    assert decoded(picture).width


def test_parallel_decoders_do_not_mix(tmp_path: Path) -> None:
    def size_of(width: int) -> tuple[int, int]:
        pixels = decode_pixels(photo(size=(width, 20)))
        return pixels.size

    widths = range(20, 60)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(size_of, widths)) == [(width, 20) for width in widths]


def test_a_server_that_cannot_start_blames_no_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(process, "PROGRAM", "no.such.program")
    with pytest.raises(StorageUnavailable):
        decode_pixels(photo())


def test_too_much_memory_is_too_expensive(misbehave: Misbehave) -> None:
    with pytest.raises(TooExpensive, match="memory"):
        misbehave("allocate_8_gib")


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGKILL"])
def test_a_native_crash_is_a_decoder_crash(name: str, misbehave: Misbehave) -> None:
    with pytest.raises(DecoderCrash):
        misbehave(f"die_of {name}")


def test_an_exit_status_is_a_decoder_crash(misbehave: Misbehave) -> None:
    with pytest.raises(DecoderCrash):
        misbehave("exit_with_status_3")


def test_a_huge_file_cannot_be_written(misbehave: Misbehave) -> None:
    with pytest.raises(StorageFull):
        misbehave("write_1_gib")


@pytest.mark.parametrize(
    ("name", "error_type"), [("ENOSPC", StorageFull), ("EIO", StorageUnavailable)]
)
def test_disk_errors_are_storage_errors(
    name: str, error_type: type[Exception], misbehave: Misbehave
) -> None:
    with pytest.raises(error_type):
        misbehave(f"raise_os_error {name}")


def test_a_missing_original_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable):
        decode(tmp_path / "missing", "jpeg", tmp_path)


def test_the_child_sees_no_secret(
    misbehave: Misbehave, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECRET_KEY", "canary")
    with pytest.raises(CorruptImage, match="damaged"):
        misbehave("write_environment")
    environment = (tmp_path / "environment").read_text()
    assert "PATH" in environment
    assert "canary" not in environment


def test_the_child_loads_neither_django_nor_numpy() -> None:
    command = [sys.executable, "-m", f"{PROGRAMS}.loaded_modules"]
    process = subprocess.run(
        command, cwd=PROJECT_FOLDER, capture_output=True, text=True, check=True
    )
    modules = set(process.stdout.split())
    assert "gallery.media.decoding_child.picture" in modules
    assert not {"django", "numpy", "psycopg"} & modules


def _wait_until_gone(pid: int) -> None:
    """Raises ``ProcessLookupError`` as soon as no live process has the id."""
    for _ in range(1000):
        os.kill(pid, 0)
        if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
            raise ProcessLookupError(pid)
        time.sleep(0.01)
