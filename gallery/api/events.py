"""What happened to images and imports, in order, for programs that follow it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.fields import LimitField
from gallery.api.known_fields import KnownFieldsOnly
from gallery.api.view import ApiView
from gallery.integration import events
from gallery.models import Event, EventName

_LIMIT = 100


class EventSerializer(serializers.Serializer[Event]):
    type = serializers.ChoiceField(choices=EventName.choices, source="name")
    image_id = serializers.UUIDField(allow_null=True, help_text="Null for an import.")
    import_id = serializers.UUIDField(allow_null=True, help_text="Null for an image.")
    created_at = serializers.DateTimeField()


class EventsSerializer(serializers.Serializer[Any]):
    results = EventSerializer(many=True, help_text="In the order in which they became visible.")
    cursor = serializers.CharField(help_text="For the next request, as `after`.")
    more = serializers.BooleanField(help_text="Whether there are further events already.")


class EventParameters(KnownFieldsOnly):
    after = serializers.CharField(
        required=False,
        max_length=100,
        help_text="The `cursor` of the answer before, or `now`; without it, the oldest events.",
    )
    limit = LimitField(help_text=f"Events in the answer, by default {_LIMIT}.")


class EventsView(ApiView):
    permission_classes = [IsAuthenticated]
    serializer_class: Any = EventsSerializer
    with_parameters = frozenset({"GET"})

    @extend_schema(operation_id="list_events", parameters=[EventParameters])
    def get(self, request: Request) -> Response:
        """List what happened to your images and imports, of 30 days; to all for superusers."""
        parameters = EventParameters(data=request.query_params)
        parameters.is_valid(raise_exception=True)
        values = parameters.validated_data
        page = events.page_after(
            values.get("after", ""), request.user, limit=values.get("limit", _LIMIT)
        )
        body = {"results": page.events, "cursor": page.cursor, "more": page.more}
        return Response(self.get_serializer(body).data)
