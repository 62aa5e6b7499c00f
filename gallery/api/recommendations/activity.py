"""What is recorded about the person: read it, switch recording on or off, erase it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.known_fields import KnownFieldsOnly
from gallery.api.view import ApiView
from gallery.models import ReactionKind
from gallery.recommendations.activity import consent
from gallery.recommendations.activity.erase import erase
from gallery.recommendations.activity.export import document_of


class ViewedImageSerializer(serializers.Serializer[Any]):
    image_id = serializers.UUIDField()
    at = serializers.DateTimeField(help_text="When last.")


class SearchedTextSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    at = serializers.DateTimeField(help_text="When last.")


class ReactionToImageSerializer(serializers.Serializer[Any]):
    image_id = serializers.UUIDField()
    reaction = serializers.ChoiceField(choices=ReactionKind.choices)
    at = serializers.DateTimeField()


class InterestSerializer(serializers.Serializer[Any]):
    weight = serializers.FloatField(help_text="The sum of all is 1.")
    images = serializers.ListField(
        child=serializers.UUIDField(), help_text="The most typical ones that you liked or viewed."
    )
    texts = serializers.ListField(
        child=serializers.CharField(), help_text="The most typical ones that you searched for."
    )


class ActivitySerializer(serializers.Serializer[Any]):
    """Newest first."""

    recording = serializers.BooleanField(help_text="Of views and searches; likes are always kept.")
    recording_since = serializers.DateTimeField(allow_null=True)
    views = ViewedImageSerializer(many=True)
    searches = SearchedTextSerializer(many=True)
    reactions = ReactionToImageSerializer(many=True)
    interests = InterestSerializer(many=True)


class RecordingSerializer(KnownFieldsOnly):
    recording = serializers.BooleanField()


class ActivityView(ApiView):
    permission_classes = [IsAuthenticated]
    serializer_class: Any = ActivitySerializer
    with_body = frozenset({"PUT"})

    @extend_schema(operation_id="get_activity")
    def get(self, request: Request) -> Response:
        """All that is stored about what you view, search for, like and dislike."""
        return Response(document_of(request.user))

    @extend_schema(
        operation_id="set_recording", request=RecordingSerializer, responses=RecordingSerializer
    )
    def put(self, request: Request) -> Response:
        """Switch the recording of views and searches on the pages on or off."""
        serializer = RecordingSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        change = consent.give if serializer.validated_data["recording"] else consent.withdraw
        change(request.user)
        return Response(serializer.validated_data)

    @extend_schema(operation_id="erase_activity", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Erase all of it, and switch recording off."""
        erase(request.user)
        return Response(status=204)
