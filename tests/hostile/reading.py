"""What the site does with the bytes of a file, in one process: header, structure, pixels, metadata.

The web process reads the header, so nothing but an answer or an error of the application may come
of it. The decoding child turns every error into an answer, which PostgreSQL has to store.
"""

from __future__ import annotations

import io
import json
from typing import Any

from gallery.core.errors import GalleryError
from gallery.media.decoding_child import picture
from gallery.media.dimensions import dimensions
from gallery.media.limits.pixel_limit import refuse_too_many_pixels
from gallery.media.sniff import HEAD_SIZE, sniff
from gallery.media.structure import check, jpeg

# Smaller than the site's, so that a file takes milliseconds.
_MAX_PIXELS = 2_000_000
_LONGEST = 64


def read(data: bytes) -> str:
    """The format, "refused", or "damaged"; raises what would be a fault of the site."""
    try:
        format = sniff(data[:HEAD_SIZE]).name
        check_header(data, format)
    except GalleryError:
        return "refused"
    try:
        decoded = picture.read(
            io.BytesIO(data), format, max_pixels=_MAX_PIXELS, longest=_LONGEST, places=True
        )
    except Exception as error:  # noqa: BLE001 - as the child: damaged bytes raise almost anything
        str(error).encode(errors="replace")
        return "damaged"
    assert_storable(decoded.metadata)
    return format


def assert_storable(value: Any) -> None:
    """PostgreSQL refuses null characters, half characters, and numbers that are none."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    assert "\\u0000" not in text
    text.encode()


def check_header(data: bytes, format: str) -> None:
    """In the order of ``ingest.accept``, ``decode_query`` and ``decode``."""
    size = dimensions(data)
    check.check(data, format)
    if format == "jpeg":
        jpeg.is_progressive(data)
    if size is not None:
        refuse_too_many_pixels(*size, limit=_MAX_PIXELS)
