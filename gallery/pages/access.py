"""Who may open the pages: the two settings for anonymous visitors, checked before any view."""

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
    """Becomes a redirect to the login form, or status 401 for JSON."""

    code = "login_required"
    status = 401


def may_read(user: User) -> bool:
    return user.is_authenticated or config().anonymous_access


def may_upload(user: User) -> bool:
    return user.is_authenticated or (config().anonymous_access and config().anonymous_upload)


def readers_only(view: View[P]) -> View[P]:
    return _restricted(view, may_read)


def uploaders_only(view: View[P]) -> View[P]:
    return _restricted(view, may_upload)


def members_only(view: View[P]) -> View[P]:
    return _restricted(view, lambda user: user.is_authenticated)


def _restricted(view: View[P], is_allowed: Callable[[User], bool]) -> View[P]:
    @functools.wraps(view)
    def restricted(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not is_allowed(request.user):
            raise LoginRequired("Log in to continue.")
        return view(request, *args, **kwargs)

    return restricted
