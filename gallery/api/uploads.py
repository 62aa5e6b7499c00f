"""Bodies with a picture in them: too large a one is refused before it is read, if it says so."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.views import APIView

from gallery.api.problems import LengthRequired
from gallery.core.size_limits import exceeds_limit, file_too_large
from gallery.core.upload_cap import refused_files

# What the other fields and the multipart wrapping may add to the file itself.
_WRAPPING = 1 << 20


class TakesPicture(APIView):
    """A view whose body may hold a picture; raises ``FileTooLarge`` before the method runs."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method == "POST":
            _refuse_by_length(request)
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and request.data is not None:
            _refuse_skipped(request)


def _refuse_by_length(request: Request) -> None:
    """Before a byte of the body is read."""
    if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
        # Django reads as much as the length says, so it would find nothing here.
        raise LengthRequired
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if length.isdecimal() and exceeds_limit(int(length) - _WRAPPING):
        raise file_too_large()


def _refuse_skipped(request: Request) -> None:
    if refused_files(request._request):
        raise file_too_large()
