"""Few large pictures are decoded at a time on a machine, so that they do not fill its memory."""

from __future__ import annotations

import fcntl
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings

from gallery.core.config import config
from gallery.core.errors import TooBusy

# A decoder that may need more than this, in bytes, has a large picture. It is what 264 megapixels
# of JPEG need, 66 of PNG, 29 of HEIC and 16 of WebP.
LARGE = 384 << 20


@contextmanager
def place(needed: int) -> Iterator[None]:
    """Decode a picture that needs so many bytes in the block.

    Raises ``TooBusy`` if that is a large picture, and all places for these are taken. The end of
    the process, however it ends, frees its place.
    """
    with ExitStack() as stack:
        if needed > LARGE:
            _take_place(stack)
        yield


def _take_place(stack: ExitStack) -> None:
    for number in range(config().large_pictures):
        file = stack.enter_context(_lock_file(number).open("a"))
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        return
    raise TooBusy("Other large pictures are being processed.")


def _lock_file(number: int) -> Path:
    """On this machine, unlike the media folder, which several machines may share."""
    site = zlib.crc32(str(settings.MEDIA_ROOT).encode())
    return Path(tempfile.gettempdir()) / f"searchsite-{site:08x}-large-picture-{number}"
