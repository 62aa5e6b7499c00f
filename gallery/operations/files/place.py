"""What the address of the place of backups means: a folder, or ``s3://bucket/prefix``."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from gallery.core.errors import BackupFailed
from gallery.operations.files.folder_repository import FolderRepository
from gallery.operations.files.repository import Repository
from gallery.operations.files.s3_repository import S3Repository


def repository_of(address: str | Path) -> Repository:
    """Raises ``BackupFailed`` for an address that is neither, and for the folder of pictures."""
    parts = urlsplit(str(address))
    if parts.scheme == "s3":
        if not parts.netloc:
            raise BackupFailed("The address has no bucket: s3://bucket/prefix.")
        return S3Repository(parts.netloc, parts.path)
    if parts.scheme and "//" in str(address):
        raise BackupFailed(f"Backups are in a folder or in s3://bucket/prefix, not in {address}.")
    folder, media = Path(address).resolve(), Path(settings.MEDIA_ROOT).resolve()
    if folder == media or media in folder.parents:
        raise BackupFailed("The backup must not be inside the folder of the pictures.")
    return FolderRepository(folder)


def place_name(address: str | Path) -> str:
    """The address as the admin shows it."""
    text = str(address)
    return text if text.startswith("s3://") else str(Path(text).resolve())
