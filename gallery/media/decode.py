"""Foreign pictures are decoded in a disposable child; this is its parent and the only way to it."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

import gallery
from gallery.core import errors
from gallery.core.config import config
from gallery.media import durable
from gallery.media.job import Job
from gallery.media.previews import SIZES
from gallery.media.sniff import HEAD_SIZE, sniff

log = logging.getLogger(__name__)

PROGRAM = "gallery.media.decode_child"
# The longest side a query picture is reduced to: encoders look at far less.
QUERY_SIDE = 800

# Each child may take ``decode_memory``, and the threads of a web process are many.
_QUERIES_AT_ONCE = 2
_PATIENCE = 10.0
_query_places = threading.BoundedSemaphore(_QUERIES_AT_ONCE)

_HOME = Path(gallery.__file__).resolve().parent.parent
# What a Python may need to start; secrets of the parent are not among it.
_INHERITED = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
_FIXED = {
    "LANG": "C.UTF-8",
    # Every further arena would take 64 MB of the child's address space.
    "MALLOC_ARENA_MAX": "2",
    "OMP_NUM_THREADS": "1",
}
_OUT_OF_TIME = {signal.SIGXCPU, signal.SIGALRM}
_ERRORS = {
    kind.code: kind for kind in (errors.CorruptImage, errors.TooManyPixels, errors.TooExpensive)
}


@dataclass(frozen=True)
class Decoded:
    """Upright size of the original, what was learnt of it, and the previews (size to file)."""

    width: int
    height: int
    colour: str
    exif: dict[str, Any]
    taken_at: str | None
    previews: dict[str, Path]


def decode(source: Path, format: str, folder: Path) -> Decoded:
    """Decode an original and write its previews into ``folder``.

    Raises ``CorruptImage``, ``TooManyPixels``, ``TooExpensive`` (time or memory ran out),
    ``DecoderCrash``, ``StorageFull``, ``StorageUnavailable``.
    """
    job = _job(format, source=str(source), folder=str(folder), sizes=dict(SIZES))
    answer, _ = _run(job)
    previews = {size: folder / f"{size}.webp" for size in SIZES}
    return Decoded(**answer, previews=previews)


def decode_query(data: bytes) -> Image.Image:
    """A foreign picture as upright RGB, longest side at most ``QUERY_SIDE``; nothing is stored.

    Raises what ``decode`` raises, ``EmptyFile``, ``UnsupportedType`` and ``TooBusy``.
    """
    job = _job(sniff(data[:HEAD_SIZE]).format, longest=QUERY_SIDE)
    with _a_place():
        answer, pixels = _run(job, data)
    return Image.frombytes("RGB", (answer["width"], answer["height"]), pixels)


@contextlib.contextmanager
def _a_place() -> Iterator[None]:
    if not _query_places.acquire(timeout=_PATIENCE):
        raise errors.TooBusy("Too many pictures are being looked at right now. Try again soon.")
    try:
        yield
    finally:
        _query_places.release()


def _job(format: str, *, longest: int = max(SIZES.values()), **fields: Any) -> Job:
    limits = config()
    return Job(
        format=format,
        longest=longest,
        max_pixels=limits.max_pixels,
        seconds=limits.decode_seconds,
        memory=limits.decode_memory,
        **fields,
    )


def _run(job: Job, data: bytes | None = None) -> tuple[dict[str, Any], bytes]:
    with _start(job, piped=data is not None) as child:
        try:
            out, err = child.communicate(data, timeout=job.seconds)
        except subprocess.TimeoutExpired:
            raise _too_slow(job) from None
        finally:
            _kill(child)
    if err:
        log.debug("decoder of %s said: %.500s", job.source, err.decode(errors="replace"))
    if child.returncode:
        raise _death(child.returncode, job, err)
    line, _, pixels = out.partition(b"\n")
    return _understood(json.loads(line)), pixels


def _start(job: Job, *, piped: bool) -> subprocess.Popen[bytes]:
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    with durable.faults():  # no memory or no process left for a child
        return subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, "-E", "-s", "-m", PROGRAM, job.to_json()],
            cwd=_HOME,
            env={**inherited, **_FIXED},
            stdin=subprocess.PIPE if piped else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End a child that still runs, and whatever it may have started: it has its own group."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def _understood(answer: dict[str, Any]) -> dict[str, Any]:
    if "errno" in answer:
        with durable.faults():
            raise OSError(answer["errno"], os.strerror(answer["errno"]))
    if "error" in answer:
        raise _ERRORS[answer["error"]](answer["message"])
    return answer


def _death(status: int, job: Job, err: bytes) -> errors.GalleryError:
    if -status in _OUT_OF_TIME:
        return _too_slow(job)
    how = f"signal {-status}" if status < 0 else f"status {status}"
    log.warning("decoder of %s died: %s %.500s", job.source, how, err.decode(errors="replace"))
    return errors.DecoderCrash(f"The decoder died ({how}).")


def _too_slow(job: Job) -> errors.TooExpensive:
    return errors.TooExpensive(
        f"Decoding the picture takes longer than {job.seconds} seconds.", seconds=job.seconds
    )
