"""API tokens: created with a password, shown once, stored as a digest."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.accounts import tokens
from gallery.api.access.authentication import TokenAuthentication
from gallery.api.access.token_requests import NewTokenOptionsSerializer, expiry_of
from gallery.api.known_fields import KnownFieldsOnly
from gallery.api.view import ApiView
from gallery.core.errors import NotFound
from gallery.models import Scope


class CredentialsSerializer(NewTokenOptionsSerializer, KnownFieldsOnly):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4096, trim_whitespace=False)


class TokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="Shown only once; the server stores a digest.")
    username = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices))
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text="The token is invalid from then on; null for never."
    )


class TokenView(ApiView):
    # DELETE invalidates a token; a session has none.
    authentication_classes = [TokenAuthentication]
    serializer_class = TokenSerializer
    with_body = frozenset({"POST"})
    any_token = ("DELETE",)  # Whoever finds a token can end it, also if it only reads.

    def get_authenticators(self) -> list[BaseAuthentication]:
        # An invalid token in the request must not prevent getting a new one.
        if self.request is not None and self.request.method == "POST":
            return []
        return super().get_authenticators()

    def get_permissions(self) -> list[BasePermission]:
        return [AllowAny() if self.request.method == "POST" else IsAuthenticated()]

    def get_authenticate_header(self, request: Request) -> str:
        return "Token"

    @extend_schema(
        operation_id="log_in",
        request=CredentialsSerializer,
        responses={201: TokenSerializer},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Create a token with your username and password."""
        credentials = CredentialsSerializer(data=request.data)
        credentials.is_valid(raise_exception=True)
        values = dict(credentials.validated_data)
        username, password = values.pop("username"), values.pop("password")
        user = authenticate(request._request, username=username, password=password)
        if user is None:
            raise AuthenticationFailed(_("Incorrect username or password."))
        expiry = expiry_of(values)
        values.pop("expires_at", None)
        try:
            grant, token = tokens.create(user, expiry=expiry, **values)
        except NotFound:
            raise AuthenticationFailed(_("Incorrect username or password.")) from None
        user_logged_in.send(sender=type(user), request=request._request, user=user)
        body = {
            "token": token,
            "username": user.get_username(),
            "scopes": grant.scopes,
            "expires_at": grant.token.expiry,
        }
        return Response(body, status=201, headers={"Cache-Control": "no-store"})

    @extend_schema(operation_id="log_out", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Delete the token of this request."""
        request.auth.delete()
        return Response(status=204)
