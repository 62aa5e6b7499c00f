"""Tells whether two processes see the same media folder: by an id in a file inside it."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from django.conf import settings

NAME = ".media-id"


def identity() -> str:
    """The folder's id; empty if it has none or cannot be read."""
    try:
        return _path().read_text().strip()
    except (OSError, ValueError):  # ValueError: its bytes are no text
        return ""


def mark() -> None:
    """Give the folder an id if it has none. A folder that cannot be written stays without."""
    path = _path()
    draft = path.with_name(f"{NAME}-{secrets.token_hex(8)}")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            return
        draft.write_text(secrets.token_hex(16))
        with suppress(FileExistsError):  # another process was faster
            os.link(draft, path)
    with suppress(OSError):
        draft.unlink(missing_ok=True)


def _path() -> Path:
    return Path(settings.MEDIA_ROOT) / NAME
