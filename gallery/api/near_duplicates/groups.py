"""List groups of near-duplicates, and decide about one."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.fields import BoundedListField, LimitField, UuidField
from gallery.api.idempotent import idempotent
from gallery.api.known_fields import KnownFieldsOnly
from gallery.api.view import ApiView
from gallery.curation.near_duplicates import decide
from gallery.curation.near_duplicates.best import BestReason
from gallery.curation.near_duplicates.groups import MOST_OTHERS, Group, Member, groups_of
from gallery.operations.near_duplicate_removal import keep_best

_GROUPS = 20
_DECISIONS = ["keep_best", "keep_all", "reopen"]


class NearDuplicateSerializer(serializers.Serializer[Member]):
    id = serializers.UUIDField(source="image.pk")
    similarity = serializers.FloatField(
        help_text="Cosine similarity of its vector and that of the best image."
    )
    distance = serializers.IntegerField(
        help_text="Different bits of its perceptual hash and that of the best image, of 64."
    )
    width = serializers.IntegerField(source="image.width", allow_null=True)
    height = serializers.IntegerField(source="image.height", allow_null=True)
    size = serializers.IntegerField(source="image.size", help_text="Of the original, in bytes.")
    format = serializers.CharField(source="image.format")
    damaged = serializers.BooleanField(source="image.damaged")


class NearDuplicateGroupSerializer(serializers.Serializer[Group]):
    best = serializers.UUIDField(source="best.pk", help_text="The image proposed to be kept.")
    reason = serializers.ChoiceField(
        choices=[reason.value for reason in BestReason],
        help_text="In what it surpasses the second best, or any if another one surpasses it there: "
        "the first of visible to others or restricted least, intact, more pixels, the camera's "
        "metadata, a larger file, an earlier upload.",
    )
    images = NearDuplicateSerializer(
        many=True, source="members", help_text="The best image first, then its near-duplicates."
    )


class NearDuplicateGroupsSerializer(serializers.Serializer[Any]):
    results = NearDuplicateGroupSerializer(many=True)


class NearDuplicateListSerializer(KnownFieldsOnly):
    limit = LimitField(help_text=f"Groups in the answer, by default {_GROUPS}.")


class NearDuplicateDecisionSerializer(KnownFieldsOnly):
    decision = serializers.ChoiceField(
        choices=_DECISIONS,
        help_text="`keep_best` deletes the other images for good, `keep_all` proposes no two of "
        "them again, `reopen` withdraws your `keep_all`.",
    )
    images = BoundedListField(
        child=UuidField(),
        min_length=2,
        max_length=MOST_OTHERS + 1,
        help_text="All images that the decision is about, also the one to keep.",
    )
    best = UuidField(required=False, help_text="The image to keep, for `keep_best`.")
    merge = serializers.BooleanField(
        default=True,
        help_text="`keep_best` gives the kept image the tags of the others, and their title, "
        "caption and date where it has none.",
    )

    def validate_images(self, keys: list[uuid.UUID]) -> list[uuid.UUID]:
        for index, key in enumerate(keys):
            if key in keys[:index]:
                errors: Any = {index: [_("Provide this only once.")]}
                raise serializers.ValidationError(errors, code="repeated")
        return keys

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        is_needed = attrs["decision"] == "keep_best"
        if is_needed and "best" not in attrs:
            raise serializers.ValidationError(
                {"best": [_("This field is required.")]}, code="required"
            )
        if not is_needed and "best" in attrs:
            raise serializers.ValidationError({"best": [_("Only keep_best has this field.")]})
        if is_needed and attrs["best"] not in attrs["images"]:
            raise serializers.ValidationError({"best": [_("It must be one of the images.")]})
        return attrs


class NearDuplicateResultSerializer(serializers.Serializer[Any]):
    deleted = serializers.IntegerField(help_text="The number of images deleted.")


class NearDuplicatesView(ApiView):
    permission_classes = [IsAuthenticated]
    serializer_class: Any = NearDuplicateGroupsSerializer
    with_parameters = frozenset({"GET"})
    with_body = frozenset({"POST"})

    @extend_schema(
        operation_id="list_near_duplicates",
        parameters=[NearDuplicateListSerializer],
        responses=NearDuplicateGroupsSerializer,
    )
    def get(self, request: Request) -> Response:
        """List groups of your images that nobody has decided about, those found first."""
        parameters = NearDuplicateListSerializer(data=request.query_params)
        parameters.is_valid(raise_exception=True)
        groups = groups_of(request.user, limit=parameters.validated_data.get("limit", _GROUPS))
        return Response(self.get_serializer({"results": groups}).data)

    @extend_schema(
        operation_id="decide_near_duplicates",
        request=NearDuplicateDecisionSerializer,
        responses=NearDuplicateResultSerializer,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Keep the best image of a group and delete the others, or keep all."""
        serializer = NearDuplicateDecisionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = serializer.validated_data
        keys, deleted = values["images"], 0
        if values["decision"] == "keep_best":
            deleted = keep_best(values["best"], keys, user=request.user, merge=values["merge"])
        elif values["decision"] == "keep_all":
            decide.keep_all(keys, user=request.user)
        else:
            decide.reopen(keys, user=request.user)
        return Response(NearDuplicateResultSerializer({"deleted": deleted}).data)
