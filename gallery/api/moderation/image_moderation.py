"""The moderation of one image: read it, decide, or write to the moderators."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.access.permissions import require_moderator
from gallery.api.images.views import OneImageView
from gallery.api.known_fields import KnownFieldsOnly
from gallery.api.moderation.answers import ImageModerationSerializer, moderation_of
from gallery.api.problems import Conflict, PreconditionFailed
from gallery.curation.moderation import appeals, decide, hash_lists
from gallery.curation.moderation.history import history_of
from gallery.models import (
    Image,
    Moderation,
    ModerationAction,
    ModerationAppeal,
    ModerationDecision,
)


class DecisionSerializer(KnownFieldsOnly):
    action = serializers.ChoiceField(choices=[action.value for action in decide.MODERATOR_ACTIONS])
    note = serializers.CharField(
        max_length=ModerationDecision.MAX_NOTE,
        required=False,
        default="",
        allow_blank=True,
        help_text="To the owner; the answer, if the owner has written.",
    )
    expected = serializers.ChoiceField(
        choices=Moderation.choices,
        required=False,
        help_text="The state that you decide about; 409 if it is another one by now.",
    )


class AppealTextSerializer(KnownFieldsOnly):
    text = serializers.CharField(max_length=ModerationAppeal.MAX_TEXT)


class _ModerationView(OneImageView):
    permission_classes = [IsAuthenticated]

    def answer(self, image: Image) -> Response:
        body = moderation_of(image, history_of(image.pk), self.request.user)
        return Response(body)


class ImageModerationView(_ModerationView):
    with_body = frozenset({"POST"})

    @extend_schema(operation_id="get_image_moderation", responses=ImageModerationSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Get what moderation decided about an image of yours; moderators about any image."""
        image = self.visible(pk)
        if image.owner_id != request.user.pk:
            require_moderator(request, _("Only the owner and moderators see it."))
        return self.answer(image)

    @extend_schema(
        operation_id="moderate_image",
        request=DecisionSerializer,
        responses=ImageModerationSerializer,
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Approve, reject, block or restore an image, as a moderator."""
        image = self.visible(pk)
        require_moderator(request, _("Only moderators decide."))
        serializer = DecisionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        action = ModerationAction(serializer.validated_data["action"])
        note, expected = (
            serializer.validated_data["note"],
            serializer.validated_data.get("expected"),
        )
        shown = {pk: expected} if expected else None
        with transaction.atomic():
            # Before the image, as ``decide`` does: two moderators would wait for each other.
            hash_lists.wait_for_uploads()
            self.check_version(image)
            if not decide.decide([pk], action, user=request.user, note=note, shown=shown):
                raise _conflict(self.visible(pk), expected)
            # By its key: a private picture of somebody else is out of sight once it is visible.
            image.refresh_from_db()
        return self.answer(image)


def _conflict(image: Image, expected: str | None) -> Conflict:
    if expected and image.moderation != expected:
        return Conflict(PreconditionFailed.default_detail)
    return Conflict(_("The state of the image does not allow this decision."))


class AppealView(_ModerationView):
    with_body = frozenset({"POST"})

    @extend_schema(
        operation_id="appeal_moderation",
        request=AppealTextSerializer,
        responses=ImageModerationSerializer,
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Write to the moderators about an image of yours that is held or hidden, once for each
        decision.
        """
        image = self.visible(pk)
        if image.owner_id != request.user.pk:
            raise PermissionDenied(_("Only the owner writes about the decision."))
        serializer = AppealTextSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        appeals.send(image, serializer.validated_data["text"])
        return self.answer(self.visible(pk))
