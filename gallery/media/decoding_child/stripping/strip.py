"""Writes a copy of a picture that has the same coded pixels and no metadata."""

from __future__ import annotations

import io
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

from gallery.media.decoders.request import DecodeRequest
from gallery.media.decoding_child import picture
from gallery.media.decoding_child.stripping import gif, jpeg, png, webp
from gallery.media.decoding_child.stripping.refusal import CannotStrip

Stripper = Callable[[bytes, int], Iterator[bytes | memoryview]]

_STRIPPERS: dict[str, Stripper] = {
    "jpeg": jpeg.strip,
    "png": png.strip,
    "webp": webp.strip,
    "gif": gif.strip,
}


def stripped(request: DecodeRequest) -> bool:
    """Write the copy to ``strip_to``; False if this file has none.

    Orientation and ICC profile are kept. Raises the errors of ``picture.read``.
    """
    source, target = Path(request.source), Path(request.strip_to)
    format, max_pixels = request.format, request.max_pixels
    stripper = _STRIPPERS.get(format)
    if stripper is None or not _may_write(source.stat().st_size):
        return False
    data = source.read_bytes()
    look = picture.look_of(io.BytesIO(data), format, max_pixels=max_pixels)
    try:
        with target.open("wb") as file:
            for piece in stripper(data, look.orientation):
                file.write(piece)
        with target.open("rb") as file:
            return look == picture.look_of(file, format, max_pixels=max_pixels, behind_pixels=False)
    except CannotStrip:
        return False


def _may_write(size: int) -> bool:
    """Beyond the child's limit, writing fails with an error that means a full disk elsewhere."""
    largest, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    return largest == resource.RLIM_INFINITY or size <= largest
