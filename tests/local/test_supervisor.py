"""Children are brought back, stopped in order, and never outlive their supervisor."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from searchsite.local.process import Program
from searchsite.local.supervisor import Supervisor
from tests.local.neighbourhood import eventually, lives

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"  # noqa: E501


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path / "log", said.append)
    yield made
    made.hurry()
    made.stop()


def test_a_killed_child_is_back(supervisor: Supervisor) -> None:
    supervisor.start(Program(name="embed", command=SLEEPER))
    first = supervisor.pid("embed")
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert supervisor.watch(lambda: supervisor.pid("embed") not in {None, first}, seconds=20)


def test_a_child_that_keeps_dying_is_not_started_in_a_busy_loop(
    supervisor: Supervisor, said: list[str]
) -> None:
    supervisor.start(Program(name="broken", command=["false"]))
    supervisor.watch(seconds=2)
    assert len(said) <= 4
    assert supervisor.watch(lambda: len(said) > 1, seconds=20)
    assert said[0] == "broken ended with code 1; starting it again"


def test_a_child_that_runs_once_is_not_started_again(supervisor: Supervisor) -> None:
    supervisor.start(Program(name="once", command=["true"], restart=False))
    supervisor.watch(seconds=0.6)
    assert supervisor.pid("once") is None


def test_output_reaches_the_console_with_a_name_and_the_log_without(
    supervisor: Supervisor, said: list[str], tmp_path: Path
) -> None:
    command = ["sh", "-c", "echo hello; echo trouble >&2"]
    supervisor.start(Program(name="web", command=command, restart=False))
    assert supervisor.watch(lambda: len(said) == 2, seconds=20)
    assert said == ["     web | hello", "     web | trouble"]
    assert (tmp_path / "log" / "web.log").read_text() == "hello\ntrouble\n"


def test_a_large_log_is_moved_aside(supervisor: Supervisor, tmp_path: Path) -> None:
    log = tmp_path / "log" / "web.log"
    log.parent.mkdir()
    log.write_bytes(b"x" * ((10 << 20) + 1))
    supervisor.start(Program(name="web", command=["true"], restart=False))
    assert log.with_name("web.log.1").stat().st_size > 10 << 20
    assert not log.exists() or log.stat().st_size == 0


def test_workers_stop_before_services_and_services_in_reverse(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    order = tmp_path / "order"
    for name, service in (("postgres", True), ("redis", True), ("web", False)):
        script = (
            f"trap 'echo {name} >> {order}; exit' TERM; touch {tmp_path}/{name}; sleep 60 & wait"
        )
        supervisor.start(Program(name=name, command=["sh", "-c", script], service=service))
        assert eventually((tmp_path / name).exists)
    supervisor.stop()
    assert order.read_text().split() == ["web", "redis", "postgres"]


def test_a_child_that_ignores_the_request_is_killed_after_its_grace(
    supervisor: Supervisor, said: list[str]
) -> None:
    program = Program(name="deaf", command=[sys.executable, "-c", STUBBORN], grace=0.3)
    supervisor.start(program)
    assert supervisor.watch(lambda: bool(said), seconds=20)
    pid = supervisor.pid("deaf")
    supervisor.stop()
    assert pid is not None
    assert not lives(pid)


def test_grandchildren_go_with_their_parent(supervisor: Supervisor, said: list[str]) -> None:
    command = ["sh", "-c", "sleep 60 & echo $!; wait"]
    supervisor.start(Program(name="pool", command=command, restart=False))
    assert supervisor.watch(lambda: bool(said), seconds=20)
    grandchild = int(said[0].rpartition("| ")[2])
    leader = supervisor.pid("pool")
    assert leader is not None
    os.kill(leader, signal.SIGKILL)
    assert supervisor.watch(lambda: not lives(grandchild), seconds=20)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_children_die_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from searchsite.local.supervisor import Supervisor;"
        "from searchsite.local.process import Program;"
        "s = Supervisor(pathlib.Path(sys.argv[1]), print);"
        "s.start(Program(name='child', command=['sleep', '60']));"
        "print(s.pid('child'), flush=True); s.watch()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        child = int(killed.stdout.readline())
        killed.kill()
    assert eventually(lambda: not lives(child), 3)
