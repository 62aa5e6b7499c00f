"""Who may use a view. Which images a person sees and changes is decided by ``Image.objects``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from gallery.accounts import scopes
from gallery.core.config import config
from gallery.models import Scope
from gallery.models.moderation.states import is_moderator

if TYPE_CHECKING:  # The settings name this module, so rest_framework.views imports it.
    from rest_framework.views import APIView


def only_reads(request: Request, view: Any) -> bool:
    """``post_reads = True`` on a view means that its POST only reads."""
    return request.method in SAFE_METHODS or (
        request.method == "POST" and getattr(view, "post_reads", False)
    )


def check_scope(request: Request, view: Any) -> None:
    """Raises ``ScopeMissing`` if the request has a token that only reads, and changes something.

    ``any_token`` of a view lists the methods for which every token is good enough.
    """
    if request.auth is None or request.method in getattr(view, "any_token", ()):
        return
    scopes.require(request.auth, Scope.READ if only_reads(request, view) else Scope.WRITE)


def require_moderator(request: Request, message: str) -> None:
    """Raises ``ScopeMissing`` for a moderator whose token lacks ``admin``, and ``PermissionDenied``
    with the message for others."""
    if is_moderator(request.user):
        return
    # Without the scope, ``request.user`` has lost the powers of staff.
    token: Any = request.auth
    if token is not None and is_moderator(get_user_model().objects.get(pk=token.user_id)):
        scopes.require(token, Scope.ADMIN)
    raise PermissionDenied(message)


class ReadUnlessClosed(BasePermission):
    """Users may do everything; anonymous visitors may read, if the site allows them access."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.user.is_authenticated:
            return True
        return only_reads(request, view) and config().anonymous_access


class ReadOrUpload(ReadUnlessClosed):
    """Like ``ReadUnlessClosed``, and anonymous visitors may upload if the site allows it."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method == "POST" and config().anonymous_upload:
            return request.user.is_authenticated or config().anonymous_access
        return super().has_permission(request, view)
