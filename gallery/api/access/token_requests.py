"""The fields of API tokens in requests and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from gallery.accounts import token_limits, tokens
from gallery.api.known_fields import KnownFieldsOnly
from gallery.models import Scope, TokenGrant


class ScopesField(serializers.MultipleChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=Scope.choices, allow_empty=False, **kwargs)


class NewTokenOptionsSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(
        max_length=tokens.MAX_NAME,
        required=False,
        help_text="For your own list, such as `backup script`.",
    )
    scopes = ScopesField(
        required=False,
        help_text="`read` (always included), `write`, and for staff `admin`. By default all that "
        "you may have.",
    )
    expires_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="`null`: never. By default after `GALLERY_TOKEN_TTL` (90 days). "
        f"At most {token_limits.MAX_LIFETIME.days} days from now.",
    )

    def validate_expires_at(self, value: datetime | None) -> datetime | None:
        if value is not None and value <= timezone.now():
            raise serializers.ValidationError(_("This moment is in the past."), code="past")
        return value


class NewTokenSerializer(NewTokenOptionsSerializer, KnownFieldsOnly):
    name = serializers.CharField(max_length=tokens.MAX_NAME, help_text="For your own list.")
    scopes = ScopesField(help_text="`read` (always included), `write`, and for staff `admin`.")


class ExpiryField(serializers.DateTimeField):
    def to_representation(self, value: datetime) -> Any:
        return super().to_representation(token_limits.in_every_time_zone(value))


class TokenInfoSerializer(serializers.Serializer[TokenGrant]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices))
    created_at = serializers.DateTimeField(source="token.created")
    expires_at = ExpiryField(
        source="token.expiry",
        allow_null=True,
        help_text="The token is invalid from then on; null for never.",
    )
    last_used_at = serializers.SerializerMethodField(help_text="To a few minutes; null: never.")
    current = serializers.SerializerMethodField(
        help_text="Whether it is the token of this request."
    )

    def get_last_used_at(self, grant: TokenGrant) -> datetime | None:
        use = getattr(grant.token, "use", None)
        return use.used_at if use else None

    def get_current(self, grant: TokenGrant) -> bool:
        token = self.context["request"].auth
        return token is not None and token.pk == grant.token_id


class CreatedTokenSerializer(TokenInfoSerializer):
    token = serializers.CharField(help_text="Shown only once; the server stores a digest.")


def expiry_of(values: dict[str, Any]) -> datetime | None:
    """When the new token expires; None: never."""
    return values["expires_at"] if "expires_at" in values else tokens.default_expiry()
