"""One child process: its own session, its output, and no life after ours."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Owner:
    """An operating system user that a child runs as."""

    uid: int
    gid: int


def _nothing() -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Program:
    name: str
    command: Sequence[str]
    # The whole environment; None passes ours on.
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    owner: Owner | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    # What the kernel sends when the supervisor vanishes without stopping its children.
    orphan_signal: signal.Signals = signal.SIGKILL
    grace: float = 10.0
    # Services go straight to their log file, so that a busy supervisor never blocks them.
    service: bool = False
    restart: bool = True
    nice: int = 0
    before_start: Callable[[], None] = _nothing


class Child:
    def __init__(self, program: Program, log: Path) -> None:
        self.program = program
        self.started = monotonic()
        self._process = _spawn(program, log)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> int | None:
        """The descriptor to read the output from; None for a service."""
        return None if self._process.stdout is None else self._process.stdout.fileno()

    def returncode(self) -> int | None:
        """None while it lives. Once it is dead its whole session is, too."""
        code = self._process.poll()
        if code is not None:
            self._signal_session(signal.SIGKILL)
        return code

    def ask_to_stop(self) -> None:
        """Tell the leader alone: it knows in which order its own children go."""
        if self._process.poll() is None:
            self._process.send_signal(self.program.stop_signal)

    def kill(self) -> None:
        self._signal_session(signal.SIGKILL)
        self._process.wait()

    def close(self) -> None:
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _signal_session(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)


def _spawn(program: Program, log: Path) -> subprocess.Popen[bytes]:
    program.before_start()
    parent = os.getpid()

    def tie_to_parent() -> None:
        # After the change of user, which would undo it, and before the exec, which keeps it.
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(program.orphan_signal))
            if os.getppid() != parent:
                os._exit(1)
        os.nice(program.nice)

    owner = program.owner
    with log.open("ab") as file:
        return subprocess.Popen(  # noqa: S603 - commands come from this package
            list(program.command),
            stdin=subprocess.DEVNULL,
            stdout=file if program.service else subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=program.env,
            cwd=program.cwd,
            start_new_session=True,
            user=owner.uid if owner else None,
            group=owner.gid if owner else None,
            extra_groups=[] if owner else None,
            umask=0o077,
            preexec_fn=tie_to_parent,
        )
