"""Identify the files of a model folder that decide its vectors, by content and by state.

The digest is computed from the contents. The state is computed from names, sizes and times only.
"""

from __future__ import annotations

import hashlib
import threading
from functools import lru_cache
from pathlib import Path

from gallery.encoders.model.folder import CALIBRATION
from gallery.encoders.model.hub_cache import WANTED

# Hexadecimal digits.
_LENGTH = 16

# One folder is hashed at a time: threads that need the same digest then find it in the cache.
_lock = threading.Lock()


def digest_of(folder: Path) -> str:
    """The first 16 hexadecimal digits of a SHA-256 over the names and contents of the files.

    Hashing 600 MB takes one to two seconds, so the result is cached for as long as ``state_of``
    stays the same. Raises ``OSError`` if a file cannot be read.
    """
    with _lock:
        return _digest(folder, state_of(folder))


def state_of(folder: Path) -> str:
    """16 hexadecimal digits that change when a file is written, replaced, added or removed.

    Reads no file, only sizes and times. A copy of the folder has another state.
    """
    lines = []
    for name in _names(folder):
        status = (folder / name).stat()
        lines.append(f"{name} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}")
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()[:_LENGTH]


@lru_cache(maxsize=16)
def _digest(folder: Path, state: str) -> str:
    digest = hashlib.sha256()
    for name in _names(folder):
        digest.update(f"{name}\0".encode())
        with (folder / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:_LENGTH]


def _names(folder: Path) -> list[str]:
    """Relative to the folder. Downloads keep their own files in a hidden folder."""
    paths = {path.relative_to(folder) for pattern in WANTED for path in folder.rglob(pattern)}
    visible = {path for path in paths if not path.parts[0].startswith(".")} - {Path(CALIBRATION)}
    return [path.as_posix() for path in sorted(visible) if (folder / path).is_file()]
