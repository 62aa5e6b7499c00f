"""The size limit of request bodies with pictures, checked before the body is read if possible."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.views import APIView

from gallery.api.problems import LengthRequired
from gallery.core.size_limits import exceeds_limit, file_too_large
from gallery.core.upload_cap import RefusedFile, refused_files

# What the other fields and the multipart boundaries may add to the file.
_MULTIPART_OVERHEAD = 1 << 20


class PictureBodyView(APIView):
    """A view whose body may hold pictures.

    Raises ``FileTooLarge`` or ``LengthRequired`` before the method of the view runs.
    """

    # A field of which each file has a result of its own, also one that was dropped.
    field_of_many: ClassVar[str] = ""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method == "POST":
            _check_length(request)
        super().initial(request, *args, **kwargs)
        # Reading the data runs the upload handler, which drops files over the limit.
        if request.method == "POST" and request.data is not None:
            refused = refused_files(request._request)
            if refused and not self._has_results_for(refused, request.data):
                raise file_too_large()

    def _has_results_for(self, refused: list[RefusedFile], data: Any) -> bool:
        others = data.getlist(self.field_of_many) if self.field_of_many else ()
        return bool(others) and {file.field for file in refused} == {self.field_of_many}


def _check_length(request: Request) -> None:
    """Check the declared length, before a byte of the body is read."""
    if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
        # Django reads as many bytes as Content-Length says, so it would see an empty body.
        raise LengthRequired
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if length.isdecimal() and exceeds_limit(int(length) - _MULTIPART_OVERHEAD):
        raise file_too_large()
