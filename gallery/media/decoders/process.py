"""Starts one decoding child per picture, waits for it and turns its end into a result or error."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import socket
import time
from collections.abc import Iterator
from typing import Any

from gallery.core import errors
from gallery.media import durable
from gallery.media.decoders import start
from gallery.media.decoders.request import DecodeRequest
from gallery.media.decoders.server import ServerDied
from gallery.media.decoders.start import Decoder

log = logging.getLogger(__name__)

PROGRAM = "gallery.media.decoding_child.program"

# A usual original is decoded in this time. After it, the child gives way to others: ten steps are
# a ninth of their share of a core, so that a large picture still ends in its wall time.
_QUICK_SECONDS = 0.5
_STEPS_BACK = 10
_LARGEST_PART = 1 << 20
_TIMEOUT_SIGNALS = {signal.SIGXCPU, signal.SIGALRM}
_ERRORS = {
    error.code: error
    for error in (
        errors.CorruptImage,
        errors.TooManyParts,
        errors.TooManyPixels,
        errors.TooExpensive,
    )
}


def run(request: DecodeRequest, data: bytes = b"") -> tuple[dict[str, Any], bytes]:
    """The child's answer and, if the request has no ``sizes``, the pixels: RGB, row by row.

    ``data`` is the picture, for a request without ``source``. No process of the child is left
    when this returns. Raises ``CorruptImage``, ``TooManyPixels``, ``TooExpensive``,
    ``DecoderCrash``, ``StorageFull`` and ``StorageUnavailable``.
    """
    connection, theirs = socket.socketpair()
    try:
        with connection, _started(theirs) as decoder:
            output = _output(decoder, connection, request, data)
            status, text = decoder.exit_status(), decoder.text()
            if status:
                raise _exit_error(status, request, text)
    except TimeoutError:
        raise _too_slow(request.seconds) from None
    except ServerDied as death:
        raise _exit_error(-signal.SIGKILL, request, death.text) from None
    if text:
        log.debug("decoder of %s wrote: %.500s", request.source, text)
    line, _, pixels = output.partition(b"\n")
    return _checked(json.loads(line)), pixels


@contextlib.contextmanager
def _started(connection: socket.socket) -> Iterator[Decoder]:
    """Without memory or process slots there is no decoder, and no picture is to blame."""
    with contextlib.ExitStack() as stack:
        with connection:
            try:
                decoder = stack.enter_context(start.started(PROGRAM, connection))
            except ServerDied as death:
                log.error("no decoder can be started: %.500s", death.text)
                raise errors.StorageUnavailable("No decoder can be started.") from death
        yield decoder


def _output(
    decoder: Decoder, connection: socket.socket, request: DecodeRequest, data: bytes
) -> bytes:
    """All that the decoder writes. Raises ``TimeoutError``."""
    deadline = time.monotonic() + request.seconds
    connection.settimeout(request.seconds)
    with contextlib.suppress(ConnectionError):  # It ended early, and its status says why.
        connection.sendall(request.to_json().encode() + b"\n" + data)
        connection.shutdown(socket.SHUT_WR)
    return b"".join(_received(connection, deadline, decoder.pid if request.sizes else None))


def _received(connection: socket.socket, deadline: float, pid: int | None) -> Iterator[bytes]:
    """Until the decoder closes the connection. With ``pid`` it gives way to quick ones in time."""
    until = deadline if pid is None else time.monotonic() + _QUICK_SECONDS
    while True:
        connection.settimeout(max(until - time.monotonic(), 0.001))
        try:
            part = connection.recv(_LARGEST_PART)
        except TimeoutError:
            if pid is None:
                raise
            _give_way(pid)
            pid, until = None, deadline
            continue
        except ConnectionResetError:
            return
        if not part:
            return
        yield part


def _give_way(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, pid) + _STEPS_BACK)


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer itself. Raises the error that the child reports in it."""
    if "errno" in answer:
        with durable.storage_errors():
            raise OSError(answer["errno"], os.strerror(answer["errno"]))
    if "error" in answer:
        raise _ERRORS[answer["error"]](answer["message"])
    return answer


def _exit_error(status: int, request: DecodeRequest, text: str) -> errors.GalleryError:
    if -status in _TIMEOUT_SIGNALS:
        return _too_slow(request.cpu_limit)
    reason = f"signal {-status}" if status < 0 else f"status {status}"
    log.warning("decoder of %s died: %s %.500s", request.source, reason, text)
    return errors.DecoderCrash(f"The decoder crashed ({reason}).")


def _too_slow(seconds: int) -> errors.TooExpensive:
    return errors.TooExpensive(
        f"Decoding the picture takes longer than {seconds} seconds.", seconds=seconds
    )
