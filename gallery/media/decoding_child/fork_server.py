"""Makes a new process for each picture by ``fork``, which takes milliseconds.

Standard input is a socket to the parent. For each picture the parent sends one descriptor over it:
a connection that only the new process reads and writes. The server answers with the process id,
and after the end of the process with its exit status; each is four bytes. The server reads nothing
of a picture or its request, and serves one picture at a time.
"""

from __future__ import annotations

import gc
import os
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn

_NUMBER = struct.Struct("=i")


def serve(work: Callable[[], None]) -> None:
    """Call ``work`` in a new process for each picture. The connection is its standard input and
    output. Ends when the parent closes its socket or is gone."""
    # The collector would write to the memory that all these processes share, and so copy it.
    gc.freeze()
    with socket.socket(fileno=os.dup(0)) as control:
        while (connection := _next_connection(control)) is not None:
            pid = os.fork()
            if not pid:
                control.close()
                _work(work, connection)
            os.close(connection)
            control.sendall(_NUMBER.pack(pid))
            _, status = os.waitpid(pid, 0)
            control.sendall(_NUMBER.pack(os.waitstatus_to_exitcode(status)))


def _next_connection(control: socket.socket) -> int | None:
    try:
        _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
    except ConnectionError:
        return None
    return descriptors[0] if descriptors else None


def _work(work: Callable[[], None], connection: int) -> NoReturn:
    """Ends the process without the usual clearing of memory, which takes 10 ms."""
    status = 1
    try:
        os.dup2(connection, 0)
        os.dup2(connection, 1)
        os.close(connection)
        work()
        sys.stdout.flush()
        status = 0
    except SystemExit as exit:
        status = exit.code if isinstance(exit.code, int) else 1
    except Exception:  # noqa: BLE001 - as the interpreter does for any other program
        traceback.print_exc()
    finally:
        os._exit(status)
