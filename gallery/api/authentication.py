"""Tokens in the ``Authorization`` header."""

from __future__ import annotations

from typing import Any

import knox.auth
from django.utils.translation import gettext as _
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from rest_framework.exceptions import AuthenticationFailed


class TokenAuthentication(knox.auth.TokenAuthentication):  # type: ignore[misc]
    def authenticate_credentials(self, token: bytes) -> Any:
        # Ours are hexadecimal digits; the library and PostgreSQL stumble over other bytes.
        if not token.isalnum():
            raise AuthenticationFailed(_("This token is not valid."))
        return super().authenticate_credentials(token)


class TokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]
    target_class = "gallery.api.authentication.TokenAuthentication"
    name = "token"
