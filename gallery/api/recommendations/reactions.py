"""Like or dislike an image."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.images.views import OneImageView
from gallery.api.known_fields import KnownFieldsOnly
from gallery.models import ReactionKind
from gallery.recommendations.activity import reactions


class ImageReactionSerializer(KnownFieldsOnly):
    reaction = serializers.ChoiceField(choices=ReactionKind.choices)


class ReactionView(OneImageView):
    permission_classes = [IsAuthenticated]
    serializer_class: Any = ImageReactionSerializer
    with_body = frozenset({"PUT"})

    @extend_schema(
        operation_id="react_to_image",
        request=ImageReactionSerializer,
        responses=ImageReactionSerializer,
    )
    def put(self, request: Request, pk: uuid.UUID) -> Response:
        """Like or dislike an image that you can see. Nobody else sees it."""
        image = self.visible(pk)
        serializer = ImageReactionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        kind = ReactionKind(serializer.validated_data["reaction"])
        reactions.react(request.user, image, kind)
        return Response({"reaction": kind.value})

    @extend_schema(operation_id="withdraw_reaction", responses={204: None})
    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        """Withdraw a like or dislike, also of an image that you no longer see."""
        if not reactions.withdraw(request.user, pk):
            raise NotFound
        return Response(status=204)
