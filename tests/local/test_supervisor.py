"""The supervisor restarts programs, stops them in order, and leaves none running."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from searchsite.local.supervision.process import Program
from searchsite.local.supervision.supervisor import Supervisor
from tests.local.services import eventually, is_running


@pytest.fixture
def lines() -> list[str]:
    """What the supervisor reports to the console."""
    return []


@pytest.fixture
def supervisor(tmp_path: Path, lines: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path / "log", lines.append)
    yield supervisor
    supervisor.skip_grace()
    supervisor.stop()


def test_a_killed_program_is_restarted(supervisor: Supervisor) -> None:
    supervisor.start(Program(name="embed", command=["sleep", "60"]))
    first = supervisor.pid("embed")
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert supervisor.watch(lambda: supervisor.pid("embed") not in {None, first}, seconds=20)


def test_restarts_of_a_failing_program_are_delayed(
    supervisor: Supervisor, lines: list[str]
) -> None:
    supervisor.start(Program(name="broken", command=["false"]))
    supervisor.watch(seconds=2)
    assert len(lines) <= 4
    assert supervisor.watch(lambda: len(lines) > 1, seconds=20)
    assert lines[0] == "broken ended with code 1; restarting it"


def test_a_one_time_program_is_not_restarted(supervisor: Supervisor) -> None:
    supervisor.start(Program(name="once", command=["true"], restart=False))
    supervisor.watch(seconds=0.6)
    assert supervisor.pid("once") is None


def test_output_reaches_console_and_log(
    supervisor: Supervisor, lines: list[str], tmp_path: Path
) -> None:
    command = ["sh", "-c", "echo hello; echo warning >&2"]
    supervisor.start(Program(name="web", command=command, restart=False))
    assert supervisor.watch(lambda: len(lines) == 2, seconds=20)
    assert lines == ["     web | hello", "     web | warning"]
    assert (tmp_path / "log" / "web.log").read_text() == "hello\nwarning\n"


def test_a_large_log_is_rotated(supervisor: Supervisor, tmp_path: Path) -> None:
    log = tmp_path / "log" / "web.log"
    log.parent.mkdir()
    log.write_bytes(b"x" * ((10 << 20) + 1))
    supervisor.start(Program(name="web", command=["true"], restart=False))
    assert log.with_name("web.log.1").stat().st_size > 10 << 20
    assert not log.exists() or log.stat().st_size == 0


def test_services_stop_last_in_reverse_order(supervisor: Supervisor, tmp_path: Path) -> None:
    order = tmp_path / "order"
    for name, service in (("postgres", True), ("redis", True), ("web", False)):
        script = (
            f"trap 'echo {name} >> {order}; exit' TERM; touch {tmp_path}/{name}; sleep 60 & wait"
        )
        supervisor.start(Program(name=name, command=["sh", "-c", script], service=service))
        assert eventually((tmp_path / name).exists)
    supervisor.stop()
    assert order.read_text().split() == ["web", "redis", "postgres"]


def test_a_program_ignoring_sigterm_is_killed(supervisor: Supervisor, lines: list[str]) -> None:
    command = [sys.executable, "-m", "tests.local.programs.ignore_sigterm"]
    supervisor.start(Program(name="stubborn", command=command, grace=0.3))
    assert supervisor.watch(lambda: bool(lines), seconds=20)
    pid = supervisor.pid("stubborn")
    supervisor.stop()
    assert pid is not None
    assert not is_running(pid)


def test_grandchildren_end_with_their_parent(supervisor: Supervisor, lines: list[str]) -> None:
    command = ["sh", "-c", "sleep 60 & echo $!; wait"]
    supervisor.start(Program(name="pool", command=command, restart=False))
    assert supervisor.watch(lambda: bool(lines), seconds=20)
    grandchild = int(lines[0].rpartition("| ")[2])
    leader = supervisor.pid("pool")
    assert leader is not None
    os.kill(leader, signal.SIGKILL)
    assert supervisor.watch(lambda: not is_running(grandchild), seconds=20)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has the parent-death signal")
def test_children_end_with_a_killed_supervisor(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.local.programs.supervise_a_sleeper", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        child = int(supervisor.stdout.readline())
        supervisor.kill()
    assert eventually(lambda: not is_running(child), 3)
