"""The API tokens of the person: list, create, revoke."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.accounts import scopes, tokens
from gallery.api.access.token_requests import (
    CreatedTokenSerializer,
    NewTokenSerializer,
    TokenInfoSerializer,
    expiry_of,
)
from gallery.api.view import ApiView


class OwnTokensSerializer(serializers.Serializer[Any]):
    results = TokenInfoSerializer(many=True)


class OwnTokensView(ApiView):
    permission_classes = [IsAuthenticated]
    serializer_class: Any = OwnTokensSerializer
    with_body = frozenset({"POST"})

    @extend_schema(operation_id="list_tokens")
    def get(self, request: Request) -> Response:
        """List your tokens, newest first."""
        return Response(self.get_serializer({"results": tokens.tokens_of(request.user)}).data)

    @extend_schema(
        operation_id="create_token",
        request=NewTokenSerializer,
        responses={201: CreatedTokenSerializer},
    )
    def post(self, request: Request) -> Response:
        """Create a token. With a token, the new one can neither do more nor work longer."""
        serializer = NewTokenSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = serializer.validated_data
        expiry = expiry_of(values)
        if request.auth is not None:
            scopes.require(request.auth, *values["scopes"])
            expiry = _within(request.auth, expiry, chosen="expires_at" in values)
        grant, secret = tokens.create(
            request.user, expiry=expiry, name=values["name"], scopes=values["scopes"]
        )
        info = TokenInfoSerializer(grant, context=self.get_serializer_context()).data
        body = {**info, "token": secret}
        return Response(body, status=201, headers={"Cache-Control": "no-store"})


class RevokeTokenView(ApiView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="revoke_token", responses={204: None})
    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        """Revoke a token of yours: it is invalid from now on."""
        tokens.revoke(request.user, pk)
        return Response(status=204)


def _within(token: Any, expiry: datetime | None, *, chosen: bool) -> datetime | None:
    """The expiry of a token that this token creates. Raises ``ValidationError`` if it is later."""
    ends_at: datetime | None = token.expiry
    if ends_at is None or (expiry is not None and expiry <= ends_at):
        return expiry
    if chosen:
        message = _("The new token cannot work longer than the token of this request.")
        raise serializers.ValidationError({"expires_at": [message]}, code="max_value")
    return ends_at
