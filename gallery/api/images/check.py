"""Which of many files a person has uploaded already, before their bytes are sent."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.fields import BoundedListField
from gallery.api.known_fields import KnownFieldsOnly
from gallery.api.view import ApiView
from gallery.models import Image, State

_MOST_HASHES = 1000


class CheckFilesSerializer(KnownFieldsOnly):
    sha256 = BoundedListField(
        child=serializers.RegexField(r"^[0-9a-fA-F]{64}$"),
        max_length=_MOST_HASHES,
        help_text="SHA-256 hashes of files, in hexadecimal.",
    )


class CheckedFileSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(
        allow_null=True, help_text="Your image with these bytes; null if you have none."
    )
    status = serializers.ChoiceField(
        choices=State.choices,
        allow_null=True,
        help_text="Upload the file again if it is `failed` or `quarantined`: that starts its "
        "processing again.",
    )


class CheckedFilesSerializer(serializers.Serializer[Any]):
    results = CheckedFileSerializer(many=True, help_text="One for each hash, in their order.")


class CheckFilesView(ApiView):
    permission_classes = [IsAuthenticated]
    serializer_class: Any = CheckedFilesSerializer
    post_reads = True
    with_body = frozenset({"POST"})

    @extend_schema(operation_id="check_files", request=CheckFilesSerializer)
    def post(self, request: Request) -> Response:
        """Tell which files you have uploaded already, by their hashes."""
        body = CheckFilesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        hashes = [text.lower() for text in body.validated_data["sha256"]]
        own = Image.objects.visible_to(request.user).filter(owner=request.user, sha256__in=hashes)
        images = {row[0]: row[1:] for row in own.values_list("sha256", "pk", "state")}
        results = [
            {"id": key, "status": state}
            for text in hashes
            for key, state in [images.get(text, (None, None))]
        ]
        return Response(self.get_serializer({"results": results}).data)
