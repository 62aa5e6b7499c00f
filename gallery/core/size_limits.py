"""The limit on the size of one upload: its check, its error and sizes for people to read."""

from __future__ import annotations

from gallery.core.config import config
from gallery.core.errors import FileTooLarge

# Characters of the URL of a picture on another server.
MAX_URL = 2000


def exceeds_limit(size: int) -> bool:
    """Whether an upload of ``size`` bytes is larger than the site allows."""
    return size > config().max_file_size


def check_file_size(size: int) -> None:
    """Raises ``FileTooLarge`` if an upload of ``size`` bytes is larger than the site allows."""
    if exceeds_limit(size):
        raise file_too_large()


def file_too_large(subject: str = "The file is", limit: int = 0) -> FileTooLarge:
    """The error, for a file whose size the caller has checked; ``subject`` begins the message.

    ``limit`` is the one of the site unless it is given.
    """
    limit = limit or config().max_file_size
    return FileTooLarge(f"{subject} larger than {format_size(limit)}.", limit=limit)


def format_size(size: int) -> str:
    """``size`` bytes with the largest unit that fits: "500 KB", "64 MB" (1 KB is 1,024 bytes)."""
    number, unit = float(size), "B"
    for larger_unit in ("KB", "MB", "GB"):
        if number < 1024:
            break
        number, unit = number / 1024, larger_unit
    return f"{round(number, 1):g} {unit}"
