"""The tags of an image: read, approve, reject, withdraw a decision."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.images.responses import ImageSerializer
from gallery.api.images.versions import etag_of
from gallery.api.images.views import OneImageView
from gallery.api.known_fields import KnownFieldsOnly
from gallery.core.errors import InvalidInput
from gallery.curation.tags import by_name, decide
from gallery.models import Image, ImageTag, Tag, TagSource, TagState, User
from gallery.models.tags.names import normalised


class ImageTagSerializer(serializers.Serializer[ImageTag]):
    id = serializers.IntegerField(source="tag_id", help_text="Of the tag.")
    name = serializers.CharField(source="tag.name")
    name_zh = serializers.CharField(source="tag.name_zh", help_text="Empty if there is none.")
    state = serializers.ChoiceField(choices=TagState.choices)
    source = serializers.ChoiceField(choices=TagSource.choices)  # type: ignore[assignment]
    score = serializers.FloatField(
        allow_null=True,
        help_text="Cosine similarity of image and tag; null if the tag was not suggested.",
    )


class ImageTagsSerializer(serializers.Serializer[Any]):
    results = ImageTagSerializer(many=True)


class TagDecisionSerializer(KnownFieldsOnly):
    tag = serializers.CharField(
        max_length=Tag.MAX_NAME,
        help_text="A name in English or Chinese, in upper or lower case. A new name is approved "
        "only, and becomes a tag that is not suggested for other images.",
    )
    state = serializers.ChoiceField(choices=[TagState.APPROVED.value, TagState.REJECTED.value])

    def validate_tag(self, value: str) -> str:
        try:
            return normalised(value)
        except InvalidInput as error:
            raise serializers.ValidationError(_(error.message) % error.data) from None


class TagsOfOneImageView(OneImageView):
    def etag(self, pk: uuid.UUID, body: Mapping[str, Any] | None = None) -> str:
        """Of the image as it is now, for the ``If-Match`` of the next decision."""
        image = ImageSerializer(self.visible(pk), context=self.get_serializer_context()).data
        return etag_of(image, part=body)


class ImageTagsView(TagsOfOneImageView):
    with_body = frozenset({"PUT"})

    @extend_schema(operation_id="get_image_tags", responses=ImageTagsSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """List the tags of an image; suggested and rejected ones if you may change it."""
        rows = _visible_rows(self.visible(pk), request.user)
        body = ImageTagsSerializer({"results": rows}).data
        return Response(body, headers={"ETag": self.etag(pk, body)})

    @extend_schema(
        operation_id="decide_image_tag",
        request=TagDecisionSerializer,
        responses=ImageTagSerializer,
    )
    def put(self, request: Request, pk: uuid.UUID) -> Response:
        """Approve or reject a tag of an image, whether it was suggested or not."""
        image = self.changeable(pk)
        serializer = TagDecisionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        name, state = serializer.validated_data["tag"], serializer.validated_data["state"]
        with transaction.atomic():
            self.check_version(image)
            row = by_name.decide(image, name, TagState(state), user=request.user)
        body = ImageTagSerializer(row).data
        return Response(body, headers={"ETag": self.etag(pk, body)})


class ImageTagView(TagsOfOneImageView):
    @extend_schema(operation_id="withdraw_image_tag", responses={204: None})
    def delete(self, request: Request, pk: uuid.UUID, tag_id: int) -> Response:
        """Withdraw a decision: the tag is a suggestion again, or gone if it was none."""
        image = self.changeable(pk)
        rows = ImageTag.objects.filter(image=image).select_related("tag")
        tag = get_object_or_404(rows, tag_id=tag_id).tag
        with transaction.atomic():
            self.check_version(image)
            decide.withdraw(image, tag)
        return Response(status=204, headers={"ETag": self.etag(pk)})


def _visible_rows(image: Image, user: User) -> list[ImageTag]:
    """Approved tags by name, suggestions by score, then rejected tags by name."""
    rows = image.image_tags.select_related("tag")
    if not image.is_changeable_by(user):
        rows = rows.approved()
    return sorted(rows, key=_place)


def _place(row: ImageTag) -> tuple[int, float, str]:
    is_suggested = row.state == TagState.SUGGESTED
    return (
        _ORDER.index(TagState(row.state)),
        -(row.score or 0.0) if is_suggested else 0.0,
        row.tag.name,
    )


_ORDER = [TagState.APPROVED, TagState.SUGGESTED, TagState.REJECTED]
