"""One child process: it has its own session and ends when the supervisor ends."""

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

from searchsite.local.supervision.logfile import LogFile

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Owner:
    """The operating system user that a child runs as."""

    uid: int
    gid: int


def _do_nothing() -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Program:
    name: str
    command: Sequence[str]
    # The complete environment; None means the supervisor's own.
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    owner: Owner | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    # The kernel sends this to the child when the supervisor dies without stopping it.
    orphan_signal: signal.Signals = signal.SIGKILL
    # Seconds from stop_signal to SIGKILL.
    grace: float = 10.0
    # Services write to their log file directly, so a busy supervisor never blocks them. They are
    # stopped after all other programs.
    service: bool = False
    restart: bool = True
    nice: int = 0
    before_start: Callable[[], None] = _do_nothing


class Child:
    def __init__(self, program: Program, log: LogFile) -> None:
        self.program = program
        self.started = monotonic()
        self._process = _spawn(program, log)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> int | None:
        """The file descriptor of the output; None for a service."""
        return None if self._process.stdout is None else self._process.stdout.fileno()

    def returncode(self) -> int | None:
        """None while the child runs. When it has ended, this kills the rest of its session."""
        code = self._process.poll()
        if code is not None:
            self._signal_session(signal.SIGKILL)
        return code

    def ask_to_stop(self) -> None:
        """Signal the child only, not its session: it stops its own children in its own order."""
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


def _spawn(program: Program, log: LogFile) -> subprocess.Popen[bytes]:
    program.before_start()
    supervisor = os.getpid()

    def end_with_supervisor() -> None:
        # This runs after the change of user, which would clear the setting, and before exec,
        # which keeps it.
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(program.orphan_signal))
            if os.getppid() != supervisor:
                os._exit(1)
        _lower_priority(program.nice)

    owner = program.owner
    output = log.open_for_child() if program.service else subprocess.PIPE
    try:
        return subprocess.Popen(  # noqa: S603 - all commands come from this package
            list(program.command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=program.env,
            cwd=program.cwd,
            start_new_session=True,
            user=owner.uid if owner else None,
            group=owner.gid if owner else None,
            extra_groups=[] if owner else None,
            umask=0o077,
            preexec_fn=end_with_supervisor,
        )
    finally:
        if program.service:
            os.close(output)


def _lower_priority(steps: int) -> None:
    os.nice(steps)
    if steps:
        # Where the kernel groups processes by session, priorities count only inside of a group.
        with suppress(OSError):
            Path("/proc/self/autogroup").write_text(f"{steps}")
