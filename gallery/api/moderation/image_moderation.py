"""The moderation of one image: read it, decide, or write to the moderators."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

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
from gallery.curation.moderation import appeals, decide
from gallery.curation.moderation.history import history_of
from gallery.curation.moderation.undo import undo, undoable_by
from gallery.models import (
    Image,
    Moderation,
    ModerationAction,
    ModerationAppeal,
    ModerationDecision,
    User,
)
from gallery.models.moderation.states import is_moderator

_UNDO = "undo"


class DecisionSerializer(KnownFieldsOnly):
    action = serializers.ChoiceField(
        choices=[*(action.value for action in decide.MODERATOR_ACTIONS), _UNDO],
        help_text="`undo` takes your last decision back, if nothing else was decided since.",
    )
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

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["action"] == _UNDO and attrs["note"]:
            raise serializers.ValidationError({"note": [_("An undo has no note.")]})
        return attrs


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
        """Approve, reject, block or restore an image, as a moderator, or undo what you decided."""
        if not is_moderator(request.user):
            self.visible(pk)  # or it is not found
        require_moderator(request, _("Only moderators decide."))
        image = self._image(request, pk)
        serializer = DecisionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        action = serializer.validated_data["action"]
        with transaction.atomic():
            if action == _UNDO or decide.may_change_list(ModerationAction(action)):
                # Before the image, as ``decide`` does: two moderators would wait for each other.
                decide.lock_with_copies([image.pk])
            self.check_version(image)
            _decide(image, serializer.validated_data, request.user)
        return self.answer(image)

    def _image(self, request: Request, pk: uuid.UUID) -> Image:
        """Visible to the moderator, or to be undone: a private picture of somebody else is out of
        sight once it is restored."""
        if isinstance(request.data, Mapping) and request.data.get("action") == _UNDO:
            own: Image | None = undoable_by(request.user).filter(pk=pk).first()
            if own is not None:
                return own
        return self.visible(pk)


def _decide(image: Image, values: dict[str, Any], user: User) -> None:
    """The image gets its new state. Raises ``Conflict``."""
    expected = values.get("expected")
    shown = {image.pk: expected} if expected else None
    if values["action"] == _UNDO:
        decided = undo([image.pk], user=user, shown=shown)
    else:
        action = ModerationAction(values["action"])
        decided = decide.decide([image.pk], action, user=user, note=values["note"], shown=shown)
    # By its key: it may be out of sight now.
    image.refresh_from_db()
    if decided:
        return
    if expected and image.moderation != expected:
        raise Conflict(PreconditionFailed.default_detail)
    if values["action"] == _UNDO:
        raise Conflict(_("There is no decision of yours to undo, or something was decided since."))
    raise Conflict(_("The state of the image does not allow this decision."))


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
