"""Keeps child processes running and stops them in order, from one thread."""

import os
import selectors
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from searchsite.local.supervision.logfile import LogFile
from searchsite.local.supervision.process import Child, Program

_TICK = 0.2
_FIRST_DELAY = 0.2
_LONGEST_DELAY = 30.0
# A child that ran this many seconds was healthy: its next restart waits only _FIRST_DELAY again.
_HEALTHY_AFTER = 20.0


@dataclass
class _Entry:
    program: Program
    log: LogFile
    child: Child | None = None
    delay: float = _FIRST_DELAY
    restart_at: float = 0.0
    output_fd: int | None = None
    partial_line: bytes = b""


class Supervisor:
    """Starts, watches and stops programs.

    Call it from the main thread only: Linux sends the parent-death signal to children when the
    thread that started them ends.
    """

    def __init__(self, logs: Path, report: Callable[[str], None]) -> None:
        """Logs go to ``logs/<name>.log``; ``report`` gets each line for the console."""
        self._logs = logs
        self._report = report
        self._entries: dict[str, _Entry] = {}
        self._selector = selectors.DefaultSelector()
        self._no_grace = False

    def start(self, program: Program) -> None:
        entry = _Entry(program, LogFile(self._logs / f"{program.name}.log", self._report))
        self._entries[program.name] = entry
        self._launch(entry)

    def pid(self, name: str) -> int | None:
        child = self._entries[name].child
        return child.pid if child else None

    def is_alive(self, name: str) -> bool:
        child = self._entries[name].child
        return child is not None and child.returncode() is None

    def watch(self, until: Callable[[], bool] = lambda: False, seconds: float = 1e9) -> bool:
        """Forward output and restart children until the condition holds; False on timeout."""
        deadline = monotonic() + seconds
        while not until():
            if monotonic() > deadline:
                return False
            self._tick()
        return True

    def stop(self) -> None:
        """Stop all other programs together, then the services, last started first."""
        entries = list(self._entries.values())
        self._stop_together([entry for entry in entries if not entry.program.service])
        for entry in reversed(entries):
            if entry.program.service:
                self._stop_together([entry])
        self._entries.clear()

    def skip_grace(self) -> None:
        """Kill programs that are not services without waiting. Safe in a signal handler."""
        self._no_grace = True

    def _launch(self, entry: _Entry) -> None:
        entry.log.rotate_if_large()
        entry.child = Child(entry.program, entry.log)
        entry.output_fd = entry.child.output
        if entry.output_fd is not None:
            os.set_blocking(entry.output_fd, False)
            self._selector.register(entry.output_fd, selectors.EVENT_READ, entry)

    def _tick(self) -> None:
        for key, _ in self._selector.select(_TICK):
            self._read_output(key.data)
        for entry in self._entries.values():
            self._restart_if_ended(entry)

    def _restart_if_ended(self, entry: _Entry) -> None:
        if entry.child is None:
            if entry.program.restart and monotonic() >= entry.restart_at:
                self._relaunch(entry)
            return
        code = entry.child.returncode()
        if code is None:
            return
        lifetime = monotonic() - entry.child.started
        self._clean_up(entry)
        if not entry.program.restart:
            if code:
                self._report(f"{entry.program.name} {_describe(code)}; see {entry.log.path}")
        else:
            entry.delay = _FIRST_DELAY if lifetime > _HEALTHY_AFTER else entry.delay
            entry.restart_at = monotonic() + entry.delay
            self._report(f"{entry.program.name} {_describe(code)}; restarting it")
            entry.delay = min(entry.delay * 2, _LONGEST_DELAY)

    def _relaunch(self, entry: _Entry) -> None:
        """A machine without free memory, processes or disk space cannot start one now."""
        try:
            self._launch(entry)
        except OSError as error:
            self._report(f"{entry.program.name} cannot be started: {error}")
            entry.restart_at = monotonic() + entry.delay
            entry.delay = min(entry.delay * 2, _LONGEST_DELAY)

    def _clean_up(self, entry: _Entry) -> None:
        if entry.child is None:
            return
        self._read_output(entry)
        self._stop_reading(entry)
        entry.child.close()
        entry.child = None

    def _read_output(self, entry: _Entry) -> None:
        if entry.output_fd is None:
            return
        with suppress(BlockingIOError):
            while chunk := os.read(entry.output_fd, 65536):
                self._forward(entry, chunk)
            # At the end of the stream the selector would report it as readable forever.
            self._stop_reading(entry)

    def _stop_reading(self, entry: _Entry) -> None:
        if entry.output_fd is not None:
            self._selector.unregister(entry.output_fd)
            entry.output_fd = None

    def _forward(self, entry: _Entry, chunk: bytes) -> None:
        entry.log.write(chunk)
        *lines, entry.partial_line = (entry.partial_line + chunk).split(b"\n")
        for line in filter(bytes.strip, lines):
            self._report(f"{entry.program.name:>8} | {line.decode(errors='replace')}")

    def _stop_together(self, entries: list[_Entry]) -> None:
        running = [entry for entry in entries if entry.child is not None]
        for entry in running:
            if entry.child:
                entry.child.ask_to_stop()
        grace = max((entry.program.grace for entry in running), default=0.0)
        deadline = monotonic() + grace
        while any(self.is_alive(entry.program.name) for entry in running):
            skip_grace = self._no_grace and not running[0].program.service
            if skip_grace or monotonic() > deadline:
                break
            for key, _ in self._selector.select(0.05):
                self._read_output(key.data)
        for entry in running:
            if entry.child:
                entry.child.kill()
            self._clean_up(entry)


def _describe(code: int) -> str:
    return f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
