"""Who may come in: the two switches for anonymous visitors, asked before any view."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase

from gallery.core.config import config
from gallery.core.errors import GalleryError
from gallery.models import User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class LoginRequired(GalleryError):
    """Pages answer with the way to the login form, JSON with 401."""

    code = "login_required"
    status = 401


def may_read(user: User) -> bool:
    return user.is_authenticated or config().anonymous_access


def may_upload(user: User) -> bool:
    return user.is_authenticated or (config().anonymous_access and config().anonymous_upload)


def readers_only(view: View[P]) -> View[P]:
    return _guarded(view, may_read)


def uploaders_only(view: View[P]) -> View[P]:
    return _guarded(view, may_upload)


def _guarded(view: View[P], may: Callable[[User], bool]) -> View[P]:
    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not may(request.user):
            raise LoginRequired("Log in first.")
        return view(request, *args, **kwargs)

    return guarded
