"""What the API tells about the moderation of an image."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from gallery.api.images.responses import ImageSerializer
from gallery.curation.moderation import appeals
from gallery.curation.moderation.history import History, reasons_of
from gallery.models import (
    Image,
    Moderation,
    ModerationAction,
    ModerationDecision,
    ModerationSource,
    User,
)
from gallery.models.moderation.states import is_moderator


class AppealSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    created_at = serializers.DateTimeField()
    is_answered = serializers.SerializerMethodField(help_text="The answer is the next decision.")

    def get_is_answered(self, appeal: Any) -> bool:
        return appeal.answer_id is not None


class ModerationDecisionSerializer(serializers.Serializer[ModerationDecision]):
    source = serializers.ChoiceField(choices=ModerationSource.choices)  # type: ignore[assignment]
    action = serializers.ChoiceField(choices=ModerationAction.choices)
    before = serializers.ChoiceField(choices=Moderation.choices)
    after = serializers.ChoiceField(choices=Moderation.choices)
    detail = serializers.CharField(
        help_text="The name of the tag of a rule; for moderators also that of a list or group."
    )
    score = serializers.FloatField(
        allow_null=True, help_text="Cosine similarity of image and tag; null for owners."
    )
    threshold = serializers.FloatField(allow_null=True, help_text="Null for owners.")
    decided_by = serializers.CharField(
        source="decided_by.username", default=None, allow_null=True, help_text="Null for owners."
    )
    note = serializers.CharField(help_text="To the owner; empty if there is none.")
    created_at = serializers.DateTimeField()
    appeal = AppealSerializer(allow_null=True, help_text="What the owner wrote about it.")

    def to_representation(self, instance: ModerationDecision) -> dict[str, Any]:
        values = super().to_representation(instance)
        if not self.context["moderates"]:
            values |= {"score": None, "threshold": None, "decided_by": None}
            if instance.source != ModerationSource.RULE:
                values["detail"] = ""
        return values


class ImageModerationSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=Moderation.choices)
    reasons = ModerationDecisionSerializer(
        many=True,
        help_text="The last decision of a moderator, or what rules and lists said since.",
    )
    history = ModerationDecisionSerializer(many=True, help_text="All decisions, newest first.")
    may_appeal = serializers.BooleanField(help_text="Whether you may write to the moderators.")


class QueueItemSerializer(serializers.Serializer[Any]):
    image = ImageSerializer()
    moderation = ImageModerationSerializer()


def moderation_of(image: Image, history: History, user: User) -> dict[str, Any]:
    """The answer for the owner of the image, or for a moderator."""
    context = {"moderates": is_moderator(user)}
    is_owner = user.is_authenticated and image.owner_id == user.pk
    return {
        "state": image.moderation,
        "reasons": _rows(reasons_of(history), context),
        "history": _rows(history, context),
        "may_appeal": is_owner and appeals.is_possible(image, history),
    }


def _rows(history: History, context: dict[str, Any]) -> Any:
    rows: Any = list(history)
    return ModerationDecisionSerializer(rows, many=True, context=context).data
