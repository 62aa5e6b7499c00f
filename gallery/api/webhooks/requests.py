"""Webhooks in requests and answers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from gallery.api.fields import BoundedListField
from gallery.api.known_fields import KnownFieldsOnly
from gallery.api.pictures import UrlField
from gallery.models import EventName, Webhook, WebhookFailure

_FAILURES = ", ".join(f"`{failure}`" for failure in WebhookFailure.values)


class WebhookChangesSerializer(KnownFieldsOnly):
    url = UrlField(required=False, help_text="Where messages are sent to, `http` or `https`.")
    events = BoundedListField(
        child=serializers.ChoiceField(choices=EventName.choices),
        max_length=len(EventName.values),
        source="names",
        required=False,
        help_text="The events that are sent to it.",
    )
    active = serializers.BooleanField(required=False, help_text="Whether messages are sent.")


class NewWebhookSerializer(WebhookChangesSerializer):
    url = UrlField(help_text="Where messages are sent to, `http` or `https`.")
    events = BoundedListField(
        child=serializers.ChoiceField(choices=EventName.choices),
        max_length=len(EventName.values),
        source="names",
        help_text="The events that are sent to it.",
    )


class WebhookSerializer(serializers.Serializer[Webhook]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=EventName.choices), source="names"
    )
    active = serializers.BooleanField(help_text="False after 24 hours of failures.")
    failure = serializers.CharField(
        help_text=f"Why the last message was not taken: {_FAILURES}; empty if it was."
    )
    answer = serializers.IntegerField(allow_null=True, help_text="Status of the last answer.")
    delivered_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class CreatedWebhookSerializer(WebhookSerializer):
    secret = serializers.CharField(help_text="Signs the messages; shown only here.")


class WebhooksSerializer(serializers.Serializer[Any]):
    results = WebhookSerializer(many=True)


class DeliverySerializer(serializers.Serializer[Any]):
    failure = serializers.CharField(help_text=f"{_FAILURES}; empty if the message was taken.")
    answer = serializers.IntegerField(allow_null=True, help_text="Status of the answer.")
