"""Authentication by a token in the ``Authorization`` header."""

from __future__ import annotations

from typing import Any

import knox.auth
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from knox.crypto import hash_token
from knox.models import get_token_model
from rest_framework.authentication import get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from gallery.accounts import tokens
from gallery.core.errors import NotFound


class TokenAuthentication(knox.auth.TokenAuthentication):  # type: ignore[misc]
    def authenticate_header(self, request: Request) -> str:
        """The scheme of the request: clients of other services send ``Bearer``."""
        scheme = get_authorization_header(request).split()[:1]
        return "Bearer" if scheme and scheme[0].lower() == b"bearer" else "Token"

    def authenticate_credentials(self, token: bytes) -> Any:
        """One statement, where the library also reads all other tokens of the person.

        Now and then a second one notes the use.
        """
        try:
            digest = hash_token(token.decode("ascii"))
        except UnicodeDecodeError:  # Tokens are hexadecimal digits.
            raise AuthenticationFailed(_("Invalid token.")) from None
        valid = Q(expiry__isnull=True) | Q(expiry__gt=Now())
        rows = get_token_model().objects.select_related("user", "use").filter(valid, digest=digest)
        row = rows.first()
        if row is None:
            raise AuthenticationFailed(_("Invalid token."))
        valid_row = self.validate_user(row)
        try:
            tokens.note_use(row)
        except NotFound:  # Deleted since it was read.
            raise AuthenticationFailed(_("Invalid token.")) from None
        return valid_row


class TokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]
    target_class = "gallery.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return build_bearer_security_scheme_object("Authorization", "Token")
