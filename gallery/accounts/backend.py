"""The authentication of Django, with limits: login page, admin and token route all use it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend

from gallery.accounts import login_limits
from gallery.core.visitor import client_address


class LimitedLoginBackend(ModelBackend):
    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Any:
        """Raises ``Throttled``. Without a request, as in commands, nothing is limited."""
        name = username or kwargs.get(get_user_model().USERNAME_FIELD)
        if request is None or name is None or password is None:
            return super().authenticate(request, username, password, **kwargs)
        attempt = login_limits.begin(name, client_address(request.META))
        user = super().authenticate(request, username, password, **kwargs)
        if user is not None:
            login_limits.succeed(attempt)
        return user
