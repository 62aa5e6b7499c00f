"""Drops a file over the size limit while the body arrives, before all of it is on the disk."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from gallery.core.body_limits import file_limit


class CappedUploadHandler(FileUploadHandler):
    """Drops a file that grows past the limit and records its name for ``refused_files``.

    It must be first in ``FILE_UPLOAD_HANDLERS``: then the others receive no more than the limit.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        match = self.request.resolver_match  # type: ignore[union-attr]
        if start + len(raw_data) <= file_limit(match.url_name if match else None):
            return raw_data
        self.request.refused_files = [  # type: ignore[union-attr]
            *refused_files(self.request), self.file_name or ""
        ]  # fmt: skip
        raise SkipFile

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        return None


def refused_files(request: Any) -> list[str]:
    """Names of the files of a parsed request that were dropped, in the order of the body."""
    return list(getattr(request, "refused_files", []))
