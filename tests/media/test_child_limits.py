from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gallery.core.errors import (
    DecoderCrash,
    StorageFull,
    StorageUnavailable,
    TooExpensive,
)
from gallery.media import decode
from tests import scenes
from tests.media.conftest import Decode

Program = Callable[[str], None]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Puts other code in the place of the decoding, behind the same limits."""

    def write(body: str) -> None:
        (tmp_path / "stand_in.py").write_text(
            "import os, sys, time, signal, json\n"
            f"sys.path.insert(0, {str(decode._HOME)!r})\n"
            "from gallery.media import decode_child\n"
            f"def _decode(job):\n    {body}\n    return {{}}, b''\n"
            "decode_child._decode = _decode\n"
            "decode_child.main()\n"
        )
        monkeypatch.setattr(decode, "PROGRAM", "stand_in")
        monkeypatch.setattr(decode, "_HOME", tmp_path)

    return write


def test_an_endless_loop_is_too_expensive(
    program: Program, decoded: Decode, gallery_setting: Callable[..., None]
) -> None:
    gallery_setting(decode_seconds=1)
    program("while True: pass")
    with pytest.raises(TooExpensive):
        decoded(scenes.photo())


def test_computing_on_several_cores_runs_out_of_time_sooner_and_is_no_crash(
    program: Program, decoded: Decode, gallery_setting: Callable[..., None]
) -> None:
    gallery_setting(decode_seconds=4)
    program(
        "import hashlib, threading; data = bytes(1 << 24)\n"
        "    work = lambda: [hashlib.sha256(data) for _ in range(1 << 20)]\n"
        "    threads = [threading.Thread(target=work) for _ in range(4)]\n"
        "    [thread.start() for thread in threads]; [thread.join() for thread in threads]"
    )
    with pytest.raises(TooExpensive):
        decoded(scenes.photo())


def test_a_child_that_waits_for_ever_is_ended_with_all_it_started(
    program: Program, decoded: Decode, gallery_setting: Callable[..., None], tmp_path: Path
) -> None:
    gallery_setting(decode_seconds=1)
    note = tmp_path / "grandchild"
    program(f"pid = os.fork(); pid and open({str(note)!r}, 'w').write(str(pid)); time.sleep(99)")
    with pytest.raises(TooExpensive):
        decoded(scenes.photo())
    with pytest.raises(ProcessLookupError):
        _wait_until_gone(int(note.read_text()))


def test_too_much_memory_is_too_expensive(program: Program, decoded: Decode) -> None:
    program("x = bytearray(8 << 30)")
    with pytest.raises(TooExpensive, match="memory"):
        decoded(scenes.photo())


@pytest.mark.parametrize("signal", ["SIGSEGV", "SIGABRT", "SIGKILL"])
def test_a_native_crash_is_named(signal: str, program: Program, decoded: Decode) -> None:
    program(f"os.kill(os.getpid(), signal.{signal})")
    with pytest.raises(DecoderCrash):
        decoded(scenes.photo())


def test_a_child_that_cannot_start_is_a_crash(program: Program, decoded: Decode) -> None:
    program("raise SystemExit(3)")
    with pytest.raises(DecoderCrash):
        decoded(scenes.photo())


def test_a_huge_file_cannot_be_written(program: Program, decoded: Decode, tmp_path: Path) -> None:
    program(f"open({str(tmp_path / 'huge')!r}, 'wb').truncate(1 << 30)")
    with pytest.raises(StorageFull):
        decoded(scenes.photo())


@pytest.mark.parametrize(("number", "kind"), [("ENOSPC", StorageFull), ("EIO", StorageUnavailable)])
def test_the_disks_faults_are_not_the_pictures(
    number: str, kind: type[Exception], program: Program, decoded: Decode
) -> None:
    program(f"import errno; raise OSError(errno.{number}, 'x')")
    with pytest.raises(kind):
        decoded(scenes.photo())


def test_a_missing_original_is_the_stores_fault(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable):
        decode.decode(tmp_path / "missing", "jpeg", tmp_path)


def test_the_child_sees_no_secret(
    program: Program, decoded: Decode, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECRET_KEY", "canary")
    seen = tmp_path / "environment"
    program(f"open({str(seen)!r}, 'w').write(json.dumps(dict(os.environ))); raise ValueError")
    with pytest.raises(Exception, match="damaged"):
        decoded(scenes.photo())
    assert "PATH" in seen.read_text()
    assert "canary" not in seen.read_text()


def test_the_child_knows_neither_django_nor_numpy() -> None:
    code = "import sys, gallery.media.decode_child; print(*sys.modules)"
    run = [sys.executable, "-c", code]
    loaded = subprocess.run(run, cwd=decode._HOME, capture_output=True, text=True, check=True)
    assert not {"django", "numpy", "psycopg"} & set(loaded.stdout.split())


def _wait_until_gone(pid: int) -> None:
    """Raises ``ProcessLookupError`` as soon as nobody has the number."""
    for _ in range(100):
        os.kill(pid, 0)
        if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
            raise ProcessLookupError(pid)
        time.sleep(0.01)
