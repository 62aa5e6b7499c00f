"""One process that starts decoders, one at a time; ``decoding_child.fork_server`` runs in it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path

import gallery
from gallery.media import durable

_PROJECT_FOLDER = Path(gallery.__file__).resolve().parent.parent
# Python may need these to start. The server inherits no other variable, and so no secret.
_INHERITED = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
_FIXED = {
    "LANG": "C.UTF-8",
    # Each further arena takes 64 MB of the address space of each decoder.
    "MALLOC_ARENA_MAX": "2",
    # malloc asks the kernel for large pages. With small ones, the kernel needs 28 ms for the memory
    # of a picture of 12 megapixels (docs/benchmarks.md).
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    "OMP_NUM_THREADS": "1",
}
_NUMBER = struct.Struct("=i")
_START_SECONDS = 30.0
_LONGEST_TEXT = 1 << 16


class ServerDied(Exception):
    """``text`` is what the server wrote to standard error."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class ForkServer:
    def __init__(self, program: str) -> None:
        """Start the module ``program``. Raises ``StorageUnavailable`` without memory or process
        slots."""
        self.program = program
        self._control, theirs = socket.socketpair()
        self._control.settimeout(_START_SECONDS)
        self._errors, errors = os.pipe()
        # A decoder that writes much loses text, and never waits for a reader.
        os.set_blocking(self._errors, False)
        os.set_blocking(errors, False)
        try:
            with durable.storage_errors():
                self._process = self._start(theirs, errors)
        except BaseException:
            self._control.close()
            os.close(self._errors)
            raise
        finally:
            theirs.close()
            os.close(errors)

    def _start(self, control: socket.socket, errors: int) -> subprocess.Popen[bytes]:
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, "-E", "-s", "-m", self.program],
            cwd=_PROJECT_FOLDER,
            env={**inherited, **_FIXED},
            stdin=control.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=errors,
            # Not a session: where the kernel groups processes by session, priorities count only
            # inside of a group, and decoders have to give way to each other and to the worker.
            process_group=0,
        )

    def fork(self, connection: socket.socket) -> int:
        """The process id of a decoder whose standard input and output are the connection.

        Raises ``ServerDied``.
        """
        try:
            socket.send_fds(self._control, [b"x"], [connection.fileno()])
        except OSError as error:
            raise ServerDied(self.text()) from error
        return self.number()

    def number(self) -> int:
        """The next one that the server sends. Raises ``ServerDied``."""
        try:
            answer = self._control.recv(_NUMBER.size, socket.MSG_WAITALL)
        except OSError as error:
            raise ServerDied(self.text()) from error
        if len(answer) < _NUMBER.size:
            raise ServerDied(self.text())
        return int(_NUMBER.unpack(answer)[0])

    def text(self) -> str:
        """What server and decoder wrote to standard error since the last call, at most 64 kB."""
        with contextlib.suppress(BlockingIOError):
            return os.read(self._errors, _LONGEST_TEXT).decode(errors="replace")
        return ""

    def kill(self) -> None:
        """End the server, its decoder and all processes that this started: they are one group."""
        # Nobody has waited for the server before, so its id is still its own.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self.forget()

    def forget(self) -> None:
        """Close what belongs to it here. A server whose last user closes it ends by itself."""
        self._control.close()
        os.close(self._errors)
