"""Copies a file under its name only when it is complete, and compares files with their copies."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from gallery.media import durable

_BLOCK = 1 << 20


class Damaged(Exception):
    """The bytes of a file do not have the expected hash."""


def copy(source: Path, target: Path, sha256: str = "") -> None:
    """Raises ``FileNotFoundError``, and ``Damaged`` if the bytes do not have the hash."""
    durable.make_folder(target.parent)
    partial = target.with_name(target.name + ".partial")
    digest = hashlib.sha256()
    try:
        with source.open("rb") as reader, open(partial, "wb", opener=_private) as writer:
            while block := reader.read(_BLOCK):
                digest.update(block)
                writer.write(block)
        if sha256 and digest.hexdigest() != sha256:
            raise Damaged(str(source))
        times = source.stat()
        os.utime(partial, ns=(times.st_atime_ns, times.st_mtime_ns))
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def has_hash(path: Path, sha256: str) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False


def is_same(source: Path, target: Path) -> bool:
    """Whether ``target`` is a copy of ``source``, by size and time."""
    try:
        original, copy = source.stat(), target.stat()
    except FileNotFoundError:
        return False
    return (original.st_size, original.st_mtime_ns) == (copy.st_size, copy.st_mtime_ns)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)
