"""Copies of originals without metadata, made in a decoding child and never recompressed."""

from __future__ import annotations

from pathlib import Path

from gallery.core import errors
from gallery.core.config import config
from gallery.media import decoder_process
from gallery.media.decode_request import DecodeRequest

# Copying the largest file takes a second or two; a file that needs longer was made to.
_MOST_SECONDS = 10
# The errors that are properties of the file: another attempt would end with the same one.
_HOPELESS = (
    errors.CorruptImage, errors.TooManyPixels, errors.TooExpensive, errors.DecoderCrash,
)  # fmt: skip


def strip(source: Path, format: str, target: Path) -> bool:
    """Write a copy of ``source`` without metadata to ``target``.

    It has the same coded pixels, ICC profile and orientation. False if the format or this file
    does not allow such a copy. Raises ``StorageFull`` and ``StorageUnavailable``.
    """
    limits = config()
    request = DecodeRequest(
        format=format,
        longest=0,
        max_pixels=limits.max_pixels,
        seconds=min(limits.decode_seconds, _MOST_SECONDS),
        memory=limits.decode_memory,
        source=str(source),
        strip_to=str(target),
    )
    try:
        answer, _ = decoder_process.run(request)
    except _HOPELESS:
        return False
    return bool(answer["stripped"])
