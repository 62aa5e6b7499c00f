"""Pictures of ZIP archives, read one after the other without unpacking them."""

from __future__ import annotations

import errno
import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from gallery.core.errors import (
    DamagedArchive,
    FileUnreadable,
    InvalidInput,
    SourceMissing,
    SourceUnreadable,
)
from gallery.ingest.imports.sources import archive_checks, described, names
from gallery.ingest.imports.sources.base import Batch, SourceRow, chunks_of

_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)

Member = tuple[zipfile.ZipFile, zipfile.ZipInfo]


class Archive:
    """One archive, or several as if they were one: a file may describe a picture in another."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Raises ``SourceMissing`` and ``SourceUnreadable``."""
        self._members: dict[str, Member] = {}
        self._beside: dict[str, set[str]] = {}
        count = 0
        with ExitStack() as stack:
            for path in paths:
                file = stack.enter_context(_opened(path))
                count += len(file.infolist())
                archive_checks.refuse_too_many(count)
                for member in file.infolist():
                    self._add(file, member)
            self._files = stack.pop_all()
        self._pictures = [name for name in self._members if not names.is_ignored(name)]

    def read(self, position: str, limit: int) -> Batch:
        """The position is the number of pictures before it."""
        start = int(position or 0)
        chosen = self._pictures[start : start + limit]
        end = start + len(chosen)
        rows = [self._row(name) for name in chosen]
        return Batch(rows, str(end), end >= len(self._pictures), len(self._pictures))

    @contextmanager
    def open(self, place: str) -> Iterator[Iterator[bytes]]:
        member = self._members.get(place)
        if member is None:
            raise DamagedArchive("The archive has no such file.")
        archive, info = member
        with _faults(archive), archive.open(info) as file:
            yield _chunks(archive, file)

    def close(self) -> None:
        self._files.close()

    def _add(self, file: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        """Of two pictures with one name, the second gets a number."""
        name = archive_checks.name_of(member)
        if member.is_dir() or name.endswith("/"):
            return
        if name in self._members:
            if names.is_ignored(name):
                return
            name = f"{name} ({len(self._members)})"
        self._members[name] = file, member
        self._beside.setdefault(names.folder_of(name), set()).add(name)

    def _row(self, name: str) -> SourceRow:
        if refused := described.refused_row(name):
            return refused
        try:
            archive_checks.check(self._members[name][1], name)
        except InvalidInput as error:
            return SourceRow(name, error=error)
        return described.described_row(
            name,
            self._beside[names.folder_of(name)],
            self._read,
            # Google splits an export into several archives, by size. One may be missing here.
            expects_sidecar=name.startswith("Takeout/"),
        )

    def _read(self, name: str) -> bytes:
        archive_checks.check(self._members[name][1], name)
        with self.open(name) as chunks:
            return described.sidecar_bytes(chunks)


def _opened(path: Path) -> zipfile.ZipFile:
    archive_checks.check_size_of_directory(path)
    try:
        file = zipfile.ZipFile(path)
    except OSError as error:
        raise SourceMissing(f"The archive cannot be opened: {error.strerror}.") from None
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise SourceUnreadable("This is not a ZIP archive, or it is damaged.") from None
    try:
        archive_checks.refuse_overlaps(file)
    except SourceUnreadable:
        file.close()
        raise
    return file


@contextmanager
def _faults(archive: zipfile.ZipFile) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _fault_of(archive, error) from None
    except _DAMAGED:
        raise _damaged() from None


def _fault_of(
    archive: zipfile.ZipFile, error: OSError
) -> DamagedArchive | FileUnreadable | SourceMissing:
    """A place outside of the file is damage of the archive. Other errors are those of a disk or a
    network, which may be gone for a while."""
    if error.errno in (None, errno.EINVAL):
        return _damaged()
    if not os.path.exists(archive.filename or ""):
        return SourceMissing(f"The archive cannot be opened: {error.strerror}.")
    return FileUnreadable(f"The archive cannot be read: {error.strerror}.")


def _damaged() -> DamagedArchive:
    return DamagedArchive("The file in the archive is damaged, or of an unknown kind.")


def _chunks(archive: zipfile.ZipFile, file: object) -> Iterator[bytes]:
    with _faults(archive):
        yield from chunks_of(file)
