"""Drops a file over the size limit while the body arrives, before all of it is on the disk."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from gallery.core.body_limits import file_limit


class RefusedFile(NamedTuple):
    """A file that was dropped; ``place`` counts the files of its field from 0."""

    name: str
    field: str
    place: int


class CappedUploadHandler(FileUploadHandler):
    """Drops a file that grows past the limit and records it for ``refused_files``.

    It must be first in ``FILE_UPLOAD_HANDLERS``: then the others receive no more than the limit.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._fields: list[str] = []

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, *args, **kwargs)
        self._fields.append(field_name)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        match = self.request.resolver_match  # type: ignore[union-attr]
        if start + len(raw_data) <= file_limit(match.url_name if match else None):
            return raw_data
        field = self._fields[-1]
        refused = RefusedFile(self.file_name or "", field, self._fields.count(field) - 1)
        self.request.refused_files = [  # type: ignore[union-attr]
            *refused_files(self.request), refused
        ]  # fmt: skip
        raise SkipFile

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        return None


def refused_files(request: Any) -> list[RefusedFile]:
    """The files of a parsed request that were dropped, in the order of the body."""
    return list(getattr(request, "refused_files", []))
