"""Starts one decoding child per picture, waits for it and turns its end into a result or error."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import gallery
from gallery.core import errors
from gallery.media import durable
from gallery.media.decode_request import DecodeRequest

log = logging.getLogger(__name__)

PROGRAM = "gallery.media.decoding_child.program"

_PROJECT_FOLDER = Path(gallery.__file__).resolve().parent.parent
# Python may need these to start. The child inherits no other variable, and so no secret.
_INHERITED = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
_FIXED = {
    "LANG": "C.UTF-8",
    # Each further arena takes 64 MB of the child's address space.
    "MALLOC_ARENA_MAX": "2",
    "OMP_NUM_THREADS": "1",
}
# A usual original is decoded in this time. After it, the child gives way to others: ten steps are
# a ninth of their share of a core, so that a large picture still ends in its wall time.
_QUICK_SECONDS = 0.5
_STEPS_BACK = 10
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


def run(request: DecodeRequest, data: bytes | None = None) -> tuple[dict[str, Any], bytes]:
    """The child's answer and, if the request has no ``sizes``, the pixels: RGB, row by row.

    ``data`` is the picture, for a request without ``source``. No process of the child is left
    when this returns. Raises ``CorruptImage``, ``TooManyPixels``, ``TooExpensive``,
    ``DecoderCrash``, ``StorageFull`` and ``StorageUnavailable``.
    """
    with _start(request, piped=data is not None) as child:
        try:
            out, err = _wait(child, request, data)
        except subprocess.TimeoutExpired:
            raise _too_slow(request.seconds) from None
        finally:
            _kill(child)
    if err:
        log.debug("decoder of %s wrote: %.500s", request.source, err.decode(errors="replace"))
    if child.returncode:
        raise _exit_error(child.returncode, request, err)
    line, _, pixels = out.partition(b"\n")
    return _checked(json.loads(line)), pixels


def _start(request: DecodeRequest, *, piped: bool) -> subprocess.Popen[bytes]:
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    with durable.storage_errors():  # fork fails with OSError without memory or process slots
        return subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, "-E", "-s", "-m", PROGRAM, request.to_json()],
            cwd=_PROJECT_FOLDER,
            env={**inherited, **_FIXED},
            stdin=subprocess.PIPE if piped else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Not a session: where the kernel groups processes by session, priorities count only
            # inside of a group, and decoders have to give way to each other and to the worker.
            process_group=0,
        )


def _wait(
    child: subprocess.Popen[bytes], request: DecodeRequest, data: bytes | None
) -> tuple[bytes, bytes]:
    """Raises ``TimeoutExpired``. A slow original gives way to those that are decoded quickly."""
    if request.sizes and request.seconds > _QUICK_SECONDS:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return child.communicate(data, timeout=_QUICK_SECONDS)
        _give_way(child.pid)
        return child.communicate(timeout=request.seconds - _QUICK_SECONDS)
    return child.communicate(data, timeout=request.seconds)


def _give_way(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, pid) + _STEPS_BACK)


def _kill(child: subprocess.Popen[bytes]) -> None:
    """Kill a child that still runs and all processes it started: they share its group."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer itself. Raises the error that the child reports in it."""
    if "errno" in answer:
        with durable.storage_errors():
            raise OSError(answer["errno"], os.strerror(answer["errno"]))
    if "error" in answer:
        raise _ERRORS[answer["error"]](answer["message"])
    return answer


def _exit_error(status: int, request: DecodeRequest, err: bytes) -> errors.GalleryError:
    if -status in _TIMEOUT_SIGNALS:
        return _too_slow(request.cpu_limit)
    reason = f"signal {-status}" if status < 0 else f"status {status}"
    log.warning(
        "decoder of %s died: %s %.500s", request.source, reason, err.decode(errors="replace")
    )
    return errors.DecoderCrash(f"The decoder crashed ({reason}).")


def _too_slow(seconds: int) -> errors.TooExpensive:
    return errors.TooExpensive(
        f"Decoding the picture takes longer than {seconds} seconds.", seconds=seconds
    )
