"""The size cap on uploads, held while the body arrives: a larger file is never written whole."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from gallery.core.config import config
from gallery.core.errors import FileTooLarge


class CappedUploadHandler(FileUploadHandler):
    """Drops a file that grows past the cap and keeps its name for ``refused_files``.

    First in ``FILE_UPLOAD_HANDLERS``, so that those behind it never see more than the cap.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) <= config().max_file_size:
            return raw_data
        self.request.refused_files = [  # type: ignore[union-attr]
            *refused_files(self.request), self.file_name or ""
        ]  # fmt: skip
        raise SkipFile

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        return None


def refused_files(request: Any) -> list[str]:
    """Names of the files of a parsed request that were dropped, in the order they came."""
    return list(getattr(request, "refused_files", []))


def file_too_large() -> FileTooLarge:
    limit = config().max_file_size
    return FileTooLarge(f"The file is larger than {limit / (1 << 20):.4g} MB.", limit=limit)
