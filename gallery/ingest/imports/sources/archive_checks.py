"""What makes an archive, or a file in it, unsafe to read."""

from __future__ import annotations

import contextlib
import re
import zipfile
from itertools import pairwise
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext_noop

from gallery.core.errors import (
    DamagedArchive,
    EncryptedFile,
    NestedArchive,
    SourceMissing,
    SourceUnreadable,
    SuspiciousCompression,
    UnsafePath,
)
from gallery.core.size_limits import check_file_size
from gallery.ingest.imports.sources import names

_MOST_MEMBERS = 500_000
# A small archive must not fill the disk. Scans without compression of their own shrink to a tenth;
# zeros to a 1,000th. Files of up to a megabyte do no harm.
_MOST_RATIO = 200
_HARMLESS = 1 << 20
# Others can become 100 MB in one step.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED, _UTF8 = 0x1, 0x800
# The record at the end of an archive, with a comment of up to 64 KiB, and its header of a member.
_END = b"PK\x05\x06"
_END_SIZE = (64 << 10) + 22
# Of larger archives, two records come before it; ``zipfile`` prefers what these say.
_LARGE_END, _LARGE_LOCATOR = b"PK\x06\x06", b"PK\x06\x07"
_LARGE_END_SIZE, _LARGE_LOCATOR_SIZE = 56, 20
_HEADER_SIZE = 30
_BYTES_OF_MEMBER = 46


def check_size_of_directory(path: Path) -> None:
    """``zipfile`` reads the list of all members into memory, so its length is checked before."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _END_SIZE - _LARGE_END_SIZE - _LARGE_LOCATOR_SIZE))
            tail = file.read()
    except OSError as error:
        raise SourceMissing(f"The archive cannot be opened: {error.strerror}.") from None
    refuse_too_many(_directory_size(tail) // (2 * _BYTES_OF_MEMBER))


def _directory_size(tail: bytes) -> int:
    """In bytes, as the end of the archive states it; 0 if it has no such record."""
    start = tail.rfind(_END)
    if start < 0:
        return 0
    locator = start - _LARGE_LOCATOR_SIZE
    record = locator - _LARGE_END_SIZE
    is_large = record >= 0 and tail.startswith(_LARGE_LOCATOR, locator)
    if is_large and tail.startswith(_LARGE_END, record):
        return int.from_bytes(tail[record + 40 : record + 48], "little")
    return int.from_bytes(tail[start + 12 : start + 16], "little")


def refuse_too_many(members: int) -> None:
    """Their list is in memory. Raises ``SourceUnreadable``."""
    if members > _MOST_MEMBERS:
        raise SourceUnreadable(f"The archive has more than {_MOST_MEMBERS} files.")


def refuse_overlaps(archive: zipfile.ZipFile) -> None:
    """In archive bombs, many members are made of the same bytes."""
    members = sorted(archive.infolist(), key=lambda member: member.header_offset)
    refuse_too_many(len(members))
    for member, following in pairwise(members):
        end = member.header_offset + _HEADER_SIZE + member.compress_size
        if end > following.header_offset:
            raise SourceUnreadable(
                gettext_noop("Files in the archive overlap, as in an archive bomb.")
            )


def name_of(member: zipfile.ZipInfo) -> str:
    """In UTF-8 if the archive says so or the name is UTF-8; else in code page 437, the default."""
    name = member.filename
    if not member.flag_bits & _UTF8:
        with contextlib.suppress(UnicodeEncodeError, UnicodeDecodeError):
            name = name.encode("cp437").decode()
    return name.replace("\\", "/").encode(errors="replace").decode()


def check(member: zipfile.ZipInfo, name: str) -> None:
    """Raises the reason for which a member is not read. Its real size is limited when it is."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", name) or "\0" in name:
        raise UnsafePath("The name of the file leads out of the archive.")
    if member.flag_bits & _ENCRYPTED:
        raise EncryptedFile("The file is encrypted.")
    if path.suffix.lower() in names.ARCHIVES:
        raise NestedArchive("Archives in archives are not opened.")
    if member.compress_type not in _METHODS:
        raise DamagedArchive("The file is compressed by a method that is not supported.")
    check_file_size(member.file_size)
    ratio = member.file_size / max(1, member.compress_size)
    if member.file_size > _HARMLESS and ratio > _MOST_RATIO:
        raise SuspiciousCompression(f"The file becomes {ratio:.0f} times larger.")
