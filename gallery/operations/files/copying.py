"""Copies a file under its name only when it is complete, and compares files with their copies."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from gallery.media import durable

_BLOCK = 1 << 20


class Damaged(Exception):
    """The bytes of a file cannot be read, or do not have the expected hash."""


def copy(source: Path, target: Path, sha256: str = "") -> None:
    """Raises ``FileNotFoundError`` if there is no source, and ``Damaged``."""
    durable.make_folder(target.parent)
    partial = target.with_name(target.name + ".partial")
    digest = hashlib.sha256()
    try:
        with open(partial, "wb", opener=_private) as writer:
            for block in _blocks(source):
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
    """False also if the file cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False


def _blocks(source: Path) -> Iterator[bytes]:
    """Raises ``Damaged`` for a file that is there and cannot be read, such as a bad sector."""
    try:
        with source.open("rb") as reader:
            while block := reader.read(_BLOCK):
                yield block
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Damaged(f"{source}: {error.strerror}") from error


def is_same(source: Path, target: Path) -> bool:
    """Whether ``target`` is a copy of ``source``, by size and time."""
    try:
        original, copy = source.stat(), target.stat()
    except FileNotFoundError:
        return False
    return (original.st_size, original.st_mtime_ns) == (copy.st_size, copy.st_mtime_ns)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)
