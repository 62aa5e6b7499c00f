"""Where an original lies in the folder of an export."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from gallery.media.formats import FORMATS

# What Windows refuses in names.
_REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_MOST_BYTES = 120
_HASH_DIGITS = 12


def path_of(file_name: str, sha256: str, format: str, created_at: datetime) -> str:
    """Relative to the folder: ``originals/2026/11/IMG_1234-0123456789ab.jpg``.

    It depends on nothing that people can change, so a repeated export finds its files.
    """
    stem = file_name.rpartition(".")[0] or file_name
    stem = _REFUSED.sub("_", stem).encode()[:_MOST_BYTES].decode(errors="ignore").strip(". ")
    name = f"{stem or 'picture'}-{sha256[:_HASH_DIGITS]}.{FORMATS[format].extension}"
    return f"originals/{created_at.astimezone(UTC):%Y/%m}/{name}"
