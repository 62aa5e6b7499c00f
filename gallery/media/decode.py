"""Decodes each foreign picture in a child process of its own. No other code opens such bytes."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from gallery.core.config import config
from gallery.core.errors import CorruptImage
from gallery.media import durable
from gallery.media.decoders import process
from gallery.media.decoders.request import DecodeRequest
from gallery.media.dimensions import dimensions
from gallery.media.limits import large_pictures, pixel_limit
from gallery.media.limits.decoding_time import usual_seconds, wall_seconds
from gallery.media.limits.query_budget import QUERY_BUDGET
from gallery.media.previews import SIZES
from gallery.media.sniff import HEAD_SIZE, sniff
from gallery.media.structure import check, jpeg

# Longest side of a query picture in pixels; no encoder uses as many.
QUERY_SIDE = 800


@dataclass(frozen=True)
class FileFacts:
    """What the metadata of a file says, as ``decoding_child.metadata.read`` describes it."""

    exif: dict[str, Any]
    camera: str
    lens: str
    taken_at: str | None
    latitude: float | None
    longitude: float | None
    keywords: list[str]


@dataclass(frozen=True)
class Decoded:
    """``width`` and ``height`` are the upright original's; ``previews`` maps size to file.

    ``colour`` is the dominant one, ``#rrggbb``. ``damaged``: a part of the pixels is wrong or
    missing, as ``decoding_child.damage`` tells.
    """

    width: int
    height: int
    colour: str
    facts: FileFacts
    previews: dict[str, Path]
    damaged: bool = False


def decode(source: Path, format: str, folder: Path, is_first: bool = False) -> Decoded:
    """Decode an original and write its previews into ``folder``.

    The first attempt has as much CPU time as a picture of so many pixels usually needs. Raises
    ``CorruptImage``, ``TooManyParts``, ``TooManyPixels``, ``TooExpensive`` (out of time or memory),
    ``DecoderCrash``, ``StorageFull``, ``StorageUnavailable``, and ``TooBusy`` while other large
    pictures are being decoded. A picture that is damaged raises ``CorruptImage`` only if the site
    refuses such pictures.
    """
    with durable.storage_errors():
        size = dimensions(source)
        progressive = format == "jpeg" and _is_progressive(source)
    request = _request(
        format,
        source=str(source),
        folder=str(folder),
        sizes=dict(SIZES),
        places=config().read_places,
        seconds=wall_seconds(),
        cpu_seconds=usual_seconds(size) if is_first else config().decode_seconds,
    )
    with large_pictures.place(_memory_needed(request, size, progressive)):
        answer, _ = process.run(request)
    if answer["damaged"] and config().damaged_pictures == "refuse":
        raise CorruptImage("A part of the picture is wrong or missing.")
    previews = {size: folder / f"{size}.webp" for size in SIZES}
    facts = FileFacts(**answer.pop("facts"))
    return Decoded(**answer, facts=facts, previews=previews)


def _is_progressive(source: Path) -> bool:
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return jpeg.is_progressive(data)


def read_facts(source: Path, format: str) -> FileFacts:
    """Read the metadata of an original again, without its pixels. Raises the errors of ``decode``.

    The child needs about 0.01 seconds.
    """
    request = _request(format, source=str(source), facts_only=True, places=config().read_places)
    answer, _ = process.run(request)
    return FileFacts(**answer["facts"])


def decode_pixels(data: bytes) -> Image.Image:
    """A foreign picture as upright RGB, longest side at most ``QUERY_SIDE``; writes no file.

    For programs that decode their own pictures. Raises the errors of ``decode``, ``EmptyFile``
    and ``UnsupportedType``.
    """
    request = _request(sniff(data[:HEAD_SIZE]).name, longest=QUERY_SIDE)
    return _pixels(request, data)


def decode_query(data: bytes, *, client: str = "") -> Image.Image:
    """What ``decode_pixels`` gives, for a web process; ``client`` is the address that asks for it.

    It never waits for a place. What the header alone shows to be too much is refused before a
    child is started. Raises also ``TooBusy`` and ``TooManySlowPictures``.
    """
    limits = config()
    format = sniff(data[:HEAD_SIZE]).name
    check.check(data, format)
    memory = min(limits.decode_memory, limits.query_memory)
    request = _request(format, longest=QUERY_SIDE, seconds=limits.query_seconds, memory=memory)
    size = dimensions(data)
    if size is not None:
        pixel_limit.refuse_too_many_pixels(*size, limit=request.max_pixels)
    progressive = format == "jpeg" and jpeg.is_progressive(data)
    with QUERY_BUDGET.spent(_memory_needed(request, size, progressive), client=client):
        return _pixels(request, data)


def _memory_needed(request: DecodeRequest, size: tuple[int, int] | None, progressive: bool) -> int:
    """Of a picture whose header states no size: all that its child may use."""
    if size is None:
        return request.memory
    pixels = size[0] * size[1]
    needed = pixel_limit.memory_needed(request.format, pixels, progressive=progressive)
    return min(request.memory, needed)


def _pixels(request: DecodeRequest, data: bytes) -> Image.Image:
    answer, pixels = process.run(request, data)
    return Image.frombytes("RGB", (answer["width"], answer["height"]), pixels)


def _request(
    format: str,
    *,
    longest: int = max(SIZES.values()),
    seconds: int | None = None,
    memory: int | None = None,
    **fields: Any,
) -> DecodeRequest:
    limits = config()
    memory = memory or limits.decode_memory
    return DecodeRequest(
        format=format,
        longest=longest,
        max_pixels=pixel_limit.most_pixels(format, limit=limits.max_pixels, memory=memory),
        seconds=seconds or limits.decode_seconds,
        memory=memory,
        **fields,
    )
