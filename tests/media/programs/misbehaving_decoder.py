"""The decoding child, limited as usual, with a decoder that misbehaves.

The first line of the file to decode is the name of a function below and its arguments.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import threading
import time
from pathlib import Path

from gallery.media.decoders.request import DecodeRequest
from gallery.media.decoding_child import program


def loop_endlessly(request: DecodeRequest) -> None:
    while True:
        pass


def compute_on_four_cores(request: DecodeRequest) -> None:
    data = bytes(1 << 24)

    def compute() -> None:
        while True:
            hashlib.sha256(data)  # releases the GIL

    threads = [threading.Thread(target=compute) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def wait(request: DecodeRequest) -> None:
    time.sleep(99)


def wait_with_a_grandchild(request: DecodeRequest) -> None:
    """Writes the grandchild's process id to the file ``grandchild``."""
    if pid := os.fork():
        Path(request.folder, "grandchild").write_text(str(pid))
    time.sleep(99)


def write_process_ids(request: DecodeRequest) -> None:
    """Writes the ids of this process and its server to the file ``process_ids``, and waits."""
    ids = Path(request.folder, "process_ids")
    ids.with_suffix(".new").write_text(f"{os.getpid()} {os.getppid()}")
    ids.with_suffix(".new").rename(ids)
    time.sleep(99)


def allocate_8_gib(request: DecodeRequest) -> None:
    bytearray(8 << 30)


def die_of(request: DecodeRequest, name: str) -> None:
    os.kill(os.getpid(), signal.Signals[name])


def exit_with_status_3(request: DecodeRequest) -> None:
    raise SystemExit(3)


def write_1_gib(request: DecodeRequest) -> None:
    with Path(request.folder, "huge").open("wb") as file:
        file.truncate(1 << 30)


def raise_os_error(request: DecodeRequest, name: str) -> None:
    raise OSError(getattr(errno, name), "x")


def write_environment(request: DecodeRequest) -> None:
    """Writes the environment variables to the file ``environment`` as JSON."""
    Path(request.folder, "environment").write_text(json.dumps(dict(os.environ)))


def misbehave(request: DecodeRequest) -> program.Answer:
    name, *arguments = Path(request.source).read_text().split()
    globals()[name](request, *arguments)
    raise ValueError("no picture")


if __name__ == "__main__":
    program.main(misbehave)
