"""Who may ask at all; which images a person sees and changes is ``Image.objects``' answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from gallery.core.config import config

if TYPE_CHECKING:  # the settings name this module, so the views' module imports it
    from rest_framework.views import APIView


class ReadUnlessClosed(BasePermission):
    """Members may do everything; others may read, unless the site is closed to them.

    A view whose POST only asks a question says so with ``post_reads = True``.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.user.is_authenticated:
            return True
        reads = request.method in SAFE_METHODS or getattr(view, "post_reads", False)
        return reads and config().anonymous_access


class ReadOrUpload(ReadUnlessClosed):
    """The list of images, which others may add to where the site allows it."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method == "POST" and config().anonymous_upload:
            return request.user.is_authenticated or config().anonymous_access
        return super().has_permission(request, view)
