"""Who may use a view. Which images a person sees and changes is decided by ``Image.objects``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from gallery.core.config import config

if TYPE_CHECKING:  # The settings name this module, so rest_framework.views imports it.
    from rest_framework.views import APIView


class ReadUnlessClosed(BasePermission):
    """Users may do everything; anonymous visitors may read, if the site allows them access.

    ``post_reads = True`` on a view means that its POST only reads.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.user.is_authenticated:
            return True
        reads = request.method in SAFE_METHODS or getattr(view, "post_reads", False)
        return reads and config().anonymous_access


class ReadOrUpload(ReadUnlessClosed):
    """Like ``ReadUnlessClosed``, and anonymous visitors may upload if the site allows it."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method == "POST" and config().anonymous_upload:
            return request.user.is_authenticated or config().anonymous_access
        return super().has_permission(request, view)
