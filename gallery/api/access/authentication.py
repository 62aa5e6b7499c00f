"""Authentication by a token in the ``Authorization`` header."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.openapi import AutoSchema
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from gallery.accounts import token_header
from gallery.core.errors import BadToken


class TokenAuthentication(BaseAuthentication):
    def authenticate_header(self, request: Request) -> str:
        return token_header.scheme_of(request.META.get(token_header.KEY, ""))

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The person and the row of the token. None only without a header ``Authorization``."""
        header = request.META.get(token_header.KEY)
        if header is None:
            return None
        try:
            token = token_header.authenticate(header)
        except BadToken as error:
            raise AuthenticationFailed(_(error.message)) from None
        return token.user, token


class TokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]
    target_class = "gallery.api.access.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """As ``Bearer``, the only one of the two schemes that OpenAPI can describe."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "`Authorization: Bearer 7f6c…`; `Token 7f6c…` means the same.",
        }
