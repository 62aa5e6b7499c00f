"""A full disk does not end bin/run: it says so, and goes on when space returns."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from searchsite.local.supervision.process import Program
from searchsite.local.supervision.supervisor import Supervisor
from tests.local.services import eventually, is_running
from tests.local.site import Site, running_site

FULL = "/dev/full"  # every write to it ends with "No space left on device"
WRITE_LINES = [sys.executable, "-m", "tests.abuse.programs.write_lines"]
LIMITED_LOG = [sys.executable, "-m", "tests.abuse.programs.limited_log"]


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, lines: list[str]) -> Iterator[Supervisor]:
    (tmp_path / "log").mkdir()
    supervisor = Supervisor(tmp_path / "log", lines.append)
    yield supervisor
    supervisor.skip_grace()
    supervisor.stop()


def fill(log: Path) -> None:
    log.unlink(missing_ok=True)
    log.symlink_to(FULL)


def test_the_supervisor_survives_a_full_disk(
    supervisor: Supervisor, lines: list[str], tmp_path: Path
) -> None:
    log = tmp_path / "log" / "web.log"
    fill(log)
    supervisor.start(Program(name="web", command=WRITE_LINES))
    assert supervisor.watch(lambda: len(lines) > 5, seconds=10)
    assert supervisor.is_alive("web")
    assert [line for line in lines if "No space left on device" in line] == lines[:1]


def test_logging_goes_on_when_space_returns(
    supervisor: Supervisor, lines: list[str], tmp_path: Path
) -> None:
    log = tmp_path / "log" / "web.log"
    fill(log)
    supervisor.start(Program(name="web", command=WRITE_LINES))
    assert supervisor.watch(lambda: len(lines) > 5, seconds=10)
    log.unlink()
    assert supervisor.watch(lambda: "can be written again" in "".join(lines), seconds=10)
    assert "bytes are missing]" in log.read_text()


def test_a_service_starts_without_its_log(
    supervisor: Supervisor, lines: list[str], tmp_path: Path
) -> None:
    (tmp_path / "log" / "redis.log").mkdir()  # cannot be opened, not even by root
    supervisor.start(Program(name="redis", command=["sleep", "60"], service=True))
    assert supervisor.is_alive("redis")
    assert "redis.log cannot be written" in lines[0]


def test_a_program_that_cannot_start_is_tried_again(
    supervisor: Supervisor, lines: list[str]
) -> None:
    attempts: list[int] = []

    def run_out_of_space_once() -> None:
        attempts.append(1)
        if len(attempts) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    program = Program(name="web", command=["false"], before_start=run_out_of_space_once)
    supervisor.start(program)
    assert supervisor.watch(lambda: len(attempts) > 2, seconds=10)
    assert any("web cannot be started" in line for line in lines)


def test_a_line_written_in_part_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    subprocess.run([*LIMITED_LOG, str(path)], check=True, capture_output=True)
    assert path.read_text() == "x" * 100 + "\n[50 bytes are missing]\ny"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.mark.slow
def test_the_site_survives_full_logs(site: Site) -> None:
    (worker,) = site.children("-Q embed")
    for name in ("web", "embed", "derive", "beat"):
        fill(site.var / "log" / f"{name}.log")
    os.kill(worker, 9)
    assert eventually(lambda: site.children("-Q embed") not in ([], [worker]), 5)
    assert eventually(lambda: "cannot be written" in site.output(), 20)
    assert is_running(site.process.pid)
    assert eventually(site.is_healthy, 30)
