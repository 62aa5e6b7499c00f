"""The program that opens foreign bytes, in a new process for each picture (``fork_server``).

Its standard input has the request, one line of JSON, and the picture behind it if the request names
no file. It limits itself before it reads a byte of the picture. It prints one line of JSON and, for
a query, the pixels after it. It imports neither Django nor anything that needs the database.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from PIL import ExifTags, Image

from gallery.core import errors
from gallery.media.decoders.request import DecodeRequest
from gallery.media.decoding_child import colours, fork_server, picture, reduction
from gallery.media.decoding_child.limits import set_limits
from gallery.media.decoding_child.stripping.strip import stripped

# The errors of Pillow's codecs when they cannot allocate memory (IMAGING_CODEC_MEMORY).
_OUT_OF_MEMORY = ("decoder error -9", "out of memory error")

# WebP's ``method``, 0 to 6. With 1 instead of 4, a file has about 8 % more bytes and the encoder
# needs a third of the time (docs/benchmarks.md). A page loads dozens of small previews.
_EFFORT = 1
_GRID_EFFORT = 4

Answer = tuple[dict[str, Any], bytes]


def decode(request: DecodeRequest) -> Answer:
    """The size, the colour and the fields of ``media.decode.FileFacts``; previews become files.

    For a query: the size of the reduced picture, and its pixels.
    """
    limits: dict[str, Any] = {"max_pixels": request.max_pixels, "places": request.places}
    if request.strip_to:
        return {"stripped": stripped(request)}, b""
    with _source(request) as file:
        if request.facts_only:
            return {"facts": picture.read_metadata(file, request.format, **limits)}, b""
        read = picture.read(file, request.format, longest=request.longest, **limits)
    if not request.sizes:
        size = {"width": read.pixels.width, "height": read.pixels.height}
        return size, read.pixels.tobytes()
    smallest = _write_previews(read.pixels, request.sizes, Path(request.folder))
    fields = {
        "width": read.width,
        "height": read.height,
        "colour": colours.dominant(smallest),
        "facts": read.metadata,
        "damaged": read.damaged,
    }
    return fields, b""


def main(decode: Callable[[DecodeRequest], Answer] = decode) -> None:
    _warm_up()
    fork_server.serve(lambda: _answer(decode))


def _warm_up() -> None:
    """Read a picture of our own, so that each process has all modules and caches already."""
    picture.load_decoders()
    exif = Image.Exif()
    exif[ExifTags.Base.DateTime] = "2000:01:01 00:00:00"
    file = io.BytesIO()
    Image.new("RGB", (16, 16)).save(file, "JPEG", exif=exif)
    picture.read(file, "jpeg", max_pixels=256, longest=16)


def _answer(decode: Callable[[DecodeRequest], Answer]) -> None:
    request = DecodeRequest.from_json(sys.stdin.buffer.readline().decode())
    set_limits(seconds=request.seconds, cpu_seconds=request.cpu_limit, memory=request.memory)
    fields: dict[str, Any]
    try:
        fields, pixels = decode(request)
    except Exception as error:  # noqa: BLE001 - damaged bytes make Pillow raise almost anything
        fields, pixels = _report(error), b""
    sys.stdout.buffer.write(json.dumps(fields).encode() + b"\n" + pixels)


def _source(request: DecodeRequest) -> BinaryIO:
    if request.source:
        return Path(request.source).open("rb")
    return io.BytesIO(sys.stdin.buffer.read())


def _write_previews(pixels: Image.Image, sizes: dict[str, int], folder: Path) -> Image.Image:
    """Reduces ``pixels`` in place, and returns them in the smallest size."""
    # Largest first: each preview is made from the one before.
    for name, side in sorted(sizes.items(), key=lambda item: -item[1]):
        pixels.thumbnail((side, side), reduction.FILTER, reducing_gap=1)
        effort = _GRID_EFFORT if name == "small" else _EFFORT
        pixels.save(folder / f"{name}.webp", "WEBP", quality=80, method=effort)
    return pixels


def _report(error: Exception) -> dict[str, Any]:
    """The error's code and message, or its ``errno`` if the disk caused it.

    An error of an unknown type means that the picture is damaged.
    """
    if isinstance(error, errors.GalleryError):
        return _fields(type(error), error.message)
    if isinstance(error, MemoryError) or str(error).endswith(_OUT_OF_MEMORY):
        return _fields(errors.TooExpensive, "Decoding the picture needs too much memory.")
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return _fields(errors.TooManyPixels, "The picture has too many pixels.")
    if isinstance(error, OSError) and error.errno is not None:
        # Pillow raises OSError without errno for a damaged file, so this error is the disk's.
        return {"errno": error.errno}
    reason = " ".join(str(error).split())[:200] or type(error).__name__
    return _fields(errors.CorruptImage, f"The picture is damaged: {reason}")


def _fields(error_type: type[errors.GalleryError], message: str) -> dict[str, Any]:
    return {"error": error_type.code, "message": message}


if __name__ == "__main__":
    main()
