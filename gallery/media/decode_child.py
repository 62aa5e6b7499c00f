"""The program that opens foreign bytes: ``python -m gallery.media.decode_child JOB``.

It limits itself before it reads a byte of the picture, prints one line of JSON and, in a query,
the pixels after it. It knows neither Django nor the database.
"""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image, WebPImagePlugin  # noqa: F401 - the plugin registers the writer

from gallery.core import errors
from gallery.media import colours, picture
from gallery.media.job import Job

_OPEN_FILES = 64
_LARGEST_FILE = 64 << 20


def main() -> None:
    job = Job.from_json(sys.argv[1])
    _limit(job)
    answer: dict[str, Any]
    try:
        answer, pixels = _decode(job)
    except Exception as error:  # noqa: BLE001 - damaged bytes make Pillow raise almost anything
        answer, pixels = _blame(error), b""
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + pixels)


def _limit(job: Job) -> None:
    os.umask(0o077)
    _lower(resource.RLIMIT_CORE, 0)
    # Where both limits are one, the kernel sends SIGKILL and nobody learns that it was time.
    _lower(resource.RLIMIT_CPU, job.seconds, hard=job.seconds + 1)
    _lower(resource.RLIMIT_FSIZE, _LARGEST_FILE)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _lower(resource.RLIMIT_AS, job.memory)
    # Should the parent be killed, nobody else would stop a child that waits for ever.
    signal.alarm(job.seconds + 2)


def _lower(limit: int, soft: int, *, hard: int | None = None) -> None:
    """``hard`` is ``soft`` where it isn't given; neither exceeds what the parent was allowed."""
    _, allowed = resource.getrlimit(limit)
    wanted = (soft, soft if hard is None else hard)
    if allowed != resource.RLIM_INFINITY:
        wanted = (min(wanted[0], allowed), min(wanted[1], allowed))
    resource.setrlimit(limit, wanted)


def _decode(job: Job) -> tuple[dict[str, Any], bytes]:
    with _source(job) as file:
        read = picture.read(file, job.format, max_pixels=job.max_pixels, longest=job.longest)
    if not job.sizes:
        size = {"width": read.pixels.width, "height": read.pixels.height}
        return size, read.pixels.tobytes()
    answer = {
        "width": read.width,
        "height": read.height,
        "colour": colours.dominant(read.pixels),
        **read.metadata,
    }
    _write_previews(read.pixels, job.sizes, Path(job.folder))
    return answer, b""


def _source(job: Job) -> BinaryIO:
    return Path(job.source).open("rb") if job.source else io.BytesIO(sys.stdin.buffer.read())


def _write_previews(pixels: Image.Image, sizes: dict[str, int], folder: Path) -> None:
    # Largest first: each is made of the one before.
    for name, side in sorted(sizes.items(), key=lambda item: -item[1]):
        pixels.thumbnail((side, side), Image.Resampling.LANCZOS)
        pixels.save(folder / f"{name}.webp", "WEBP", quality=80, method=4)


def _blame(error: Exception) -> dict[str, Any]:
    """Which error code this is, or which errno; damaged unless something says otherwise."""
    if isinstance(error, errors.GalleryError):
        return _error(type(error), error.message)
    if isinstance(error, MemoryError):
        return _error(errors.TooExpensive, "Decoding the picture needs too much memory.")
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return _error(errors.TooManyPixels, "The picture has too many pixels.")
    if isinstance(error, OSError) and error.errno is not None:
        # Pillow's own complaints carry no errno: this one is the disk's.
        return {"errno": error.errno}
    words = " ".join(str(error).split())[:200] or type(error).__name__
    return _error(errors.CorruptImage, f"The picture is damaged: {words}")


def _error(kind: type[errors.GalleryError], message: str) -> dict[str, Any]:
    return {"error": kind.code, "message": message}


if __name__ == "__main__":
    main()
