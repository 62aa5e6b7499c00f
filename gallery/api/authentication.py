"""Authentication by a token in the ``Authorization`` header."""

from __future__ import annotations

from typing import Any

import knox.auth
from django.utils.translation import gettext as _
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from rest_framework.exceptions import AuthenticationFailed


class TokenAuthentication(knox.auth.TokenAuthentication):  # type: ignore[misc]
    def authenticate_credentials(self, token: bytes) -> Any:
        # Tokens are hexadecimal digits; other bytes can make the library and PostgreSQL fail.
        if not token.isalnum():
            raise AuthenticationFailed(_("Invalid token."))
        return super().authenticate_credentials(token)


class TokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]
    target_class = "gallery.api.authentication.TokenAuthentication"
    name = "token"
