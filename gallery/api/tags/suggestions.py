"""The open suggestions of many images, and many decisions in one request."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.fields import BoundedListField, UuidField
from gallery.api.idempotent import idempotent
from gallery.api.known_fields import KnownFieldsOnly
from gallery.api.problems import ItemProblem
from gallery.api.tags.image_tags import TagDecisionSerializer
from gallery.api.tags.pages import PageParameters, PageSerializer, page_of
from gallery.api.view import ApiView
from gallery.core.errors import ContradictoryDecisions, GalleryError
from gallery.curation.tags import many
from gallery.curation.tags.many import NamedDecision
from gallery.models import Image, ImageTag, Tag, TagState

_MOST = 500


class SuggestionSerializer(serializers.Serializer[ImageTag]):
    image = serializers.UUIDField(source="image_id")
    tag = serializers.CharField(source="tag.name")
    tag_id = serializers.IntegerField()
    score = serializers.FloatField(allow_null=True, help_text="Cosine similarity of both.")


class SuggestionListParameters(PageParameters):
    tag = serializers.CharField(
        required=False,
        max_length=Tag.MAX_NAME,
        help_text="Only of this tag: a name in English or Chinese.",
    )


class SuggestionsSerializer(PageSerializer):
    results = SuggestionSerializer(many=True)


class ImageDecisionSerializer(TagDecisionSerializer):
    image = UuidField()


class DecisionsSerializer(KnownFieldsOnly):
    decisions = BoundedListField(child=ImageDecisionSerializer(), max_length=_MOST)


class DecisionErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class DecisionResultSerializer(serializers.Serializer[Any]):
    image = serializers.UUIDField()
    tag = serializers.CharField()
    state = serializers.ChoiceField(choices=TagState.choices, allow_null=True)
    error = DecisionErrorSerializer(allow_null=True)


class DecisionResultsSerializer(serializers.Serializer[Any]):
    """In the order of the request; ``state`` is null where nothing was decided."""

    results = DecisionResultSerializer(many=True)


class SuggestionsView(ApiView):
    permission_classes = [IsAuthenticated]
    serializer_class: Any = SuggestionsSerializer
    with_parameters = frozenset({"GET"})
    with_body = frozenset({"POST"})

    @extend_schema(operation_id="list_suggestions", parameters=[SuggestionListParameters])
    def get(self, request: Request) -> Response:
        """List the open suggestions for images that you may change, the oldest first."""
        parameters = SuggestionListParameters(data=request.query_params)
        parameters.is_valid(raise_exception=True)
        values = parameters.validated_data
        images = Image.objects.changeable_by(request.user)
        rows = ImageTag.objects.suggested().filter(image__in=images).select_related("tag")
        if name := values.get("tag"):
            rows = rows.filter(tag__in=Tag.objects.named(name))
        return Response(self.get_serializer(page_of(rows, request, values, key="id")).data)

    @extend_schema(
        operation_id="decide_image_tags",
        request=DecisionsSerializer,
        responses=DecisionResultsSerializer,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Approve or reject tags of up to 500 images; an error of one leaves the others."""
        serializer = DecisionsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        decisions = [
            NamedDecision(each["image"], each["tag"], TagState(each["state"]))
            for each in serializer.validated_data["decisions"]
        ]
        try:
            errors = many.decide_all(decisions, user=request.user)
        except ContradictoryDecisions as error:
            raise ItemProblem("decisions", error.data["index"], error) from error
        results = [_result(*pair) for pair in zip(decisions, errors, strict=True)]
        return Response(DecisionResultsSerializer({"results": results}).data)


def _result(decision: NamedDecision, error: GalleryError | None) -> dict[str, Any]:
    result = {"image": decision.image_id, "tag": decision.name}
    if error is None:
        return {**result, "state": decision.state, "error": None}
    return {**result, "state": None, "error": {"code": error.code, "message": _(error.message)}}
