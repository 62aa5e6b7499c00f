"""Decodes each foreign picture in a child process of its own.

No other code opens foreign bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from gallery.core.config import config
from gallery.media import decoder_process
from gallery.media.decode_request import DecodeRequest
from gallery.media.previews import SIZES
from gallery.media.slots import Slots
from gallery.media.sniff import HEAD_SIZE, sniff

# Longest side of a query picture in pixels; no encoder uses as many.
QUERY_SIDE = 800

# Each child may use ``decode_memory`` bytes, and a web process has many threads.
QUERY_SLOTS = Slots(2, timeout=10.0)


@dataclass(frozen=True)
class FileFacts:
    """What the metadata of a file says, as ``decoding_child.metadata.read`` describes it."""

    exif: dict[str, Any]
    camera: str
    lens: str
    taken_at: str | None
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Decoded:
    """``width`` and ``height`` are the upright original's; ``previews`` maps size to file.

    ``colour`` is the dominant one, ``#rrggbb``.
    """

    width: int
    height: int
    colour: str
    facts: FileFacts
    previews: dict[str, Path]


def decode(source: Path, format: str, folder: Path) -> Decoded:
    """Decode an original and write its previews into ``folder``.

    Raises ``CorruptImage``, ``TooManyPixels``, ``TooExpensive`` (time or memory ran out),
    ``DecoderCrash``, ``StorageFull``, ``StorageUnavailable``.
    """
    request = _request(
        format,
        source=str(source),
        folder=str(folder),
        sizes=dict(SIZES),
        places=config().read_places,
    )
    answer, _ = decoder_process.run(request)
    previews = {size: folder / f"{size}.webp" for size in SIZES}
    facts = FileFacts(**answer.pop("facts"))
    return Decoded(**answer, facts=facts, previews=previews)


def read_facts(source: Path, format: str) -> FileFacts:
    """Read the metadata of an original again, without its pixels. Raises the errors of ``decode``.

    The child needs about 0.1 seconds.
    """
    request = _request(format, source=str(source), facts_only=True, places=config().read_places)
    answer, _ = decoder_process.run(request)
    return FileFacts(**answer["facts"])


def decode_query(data: bytes) -> Image.Image:
    """A foreign picture as upright RGB, longest side at most ``QUERY_SIDE``; writes no file.

    A process decodes two at a time. Raises the errors of ``decode``, ``EmptyFile``,
    ``UnsupportedType``, and ``TooBusy`` if no slot is free within ten seconds.
    """
    request = _request(sniff(data[:HEAD_SIZE]).name, longest=QUERY_SIDE)
    with QUERY_SLOTS.occupied():
        answer, pixels = decoder_process.run(request, data)
    return Image.frombytes("RGB", (answer["width"], answer["height"]), pixels)


def _request(format: str, *, longest: int = max(SIZES.values()), **fields: Any) -> DecodeRequest:
    limits = config()
    return DecodeRequest(
        format=format,
        longest=longest,
        max_pixels=limits.max_pixels,
        seconds=limits.decode_seconds,
        memory=limits.decode_memory,
        **fields,
    )
