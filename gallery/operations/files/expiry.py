"""Which backups are deleted, and which of the files that backups share then."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set

from gallery.operations.files.repository import Backup

# The name of a backup is its time, in UTC.
NAME_FORMAT = "%Y%m%dT%H%M%S.%fZ"
_NAME = re.compile(r"\d{8}T\d{6}\.\d{6}Z")
# The files that backups share. A copy that was interrupted ends in ".partial".
_COPY = re.compile(r"originals/[0-9a-f]{2}/([0-9a-f]{64})(\.partial)?")
_PREVIEWS = re.compile(r"previews/[0-9a-f]{2}/([0-9a-f-]{36})(/.*)?")


def is_backup_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def in_order(names: Iterable[str]) -> list[str]:
    """Oldest first. Those that people renamed or copied come before all others."""
    return sorted(names, key=lambda name: (is_backup_name(name), name))


def expired_names(names: Sequence[str], keep: int, newest: str) -> list[str]:
    """All but the ``keep`` last ones. Neither those that people renamed nor ``newest``, which was
    just made: the clock may have been ahead before.
    """
    own = [name for name in names if is_backup_name(name)]
    return [name for name in own[:-keep] if name != newest]


def is_copy_without(hashes: Set[str], file: str) -> bool:
    """Whether the file is the copy of an original that has none of these SHA-256."""
    match = _COPY.fullmatch(file)
    return match is not None and (match[1] not in hashes or match[2] is not None)


def is_preview_without(ids: Set[str], file: str) -> bool:
    """Whether the file, or folder, is of previews of an image that has none of these ids."""
    match = _PREVIEWS.fullmatch(file)
    return match is not None and match[1] not in ids


def needed_files(backups: Iterable[Backup]) -> tuple[set[str], set[str]]:
    """The SHA-256 and the ids of the images in these backups."""
    hashes, ids = set(), set()
    for backup in backups:
        for entry in backup:
            hashes.add(entry.sha256)
            ids.add(entry.id)
    return hashes, ids
