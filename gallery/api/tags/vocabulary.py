"""The tags that pictures can have."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.tags.pages import PageParameters, PageSerializer, page_of
from gallery.api.view import ApiView
from gallery.curation.tags import vocabulary
from gallery.models import Tag, TagKind, TagScoring
from gallery.models.tags.names import key_of


class TagSerializer(serializers.Serializer[Tag]):
    id = serializers.IntegerField()
    name = serializers.CharField(help_text="In English, or in the language of whoever added it.")
    name_zh = serializers.CharField(help_text="In Chinese; empty if there is none.")
    group = serializers.CharField(help_text="A heading, such as `Animals`; empty for none.")
    kind = serializers.ChoiceField(choices=TagKind.choices)
    colour = serializers.CharField(help_text="`#rrggbb`, or empty.")
    is_suggested = serializers.BooleanField(help_text="Whether it is suggested for images.")
    threshold = serializers.FloatField(
        source="effective_threshold",
        allow_null=True,
        help_text="The least score of a suggestion; null if it is not measured. A suggestion also "
        "needs a share of 0.3 among the tags of its kind.",
    )


class TagListParameters(PageParameters):
    q = serializers.CharField(
        required=False,
        max_length=Tag.MAX_NAME,
        help_text="What a name in English or Chinese begins with, in upper or lower case.",
    )


class TagsSerializer(PageSerializer):
    results = TagSerializer(many=True)


class TagsView(ApiView):
    serializer_class: Any = TagsSerializer
    with_parameters = frozenset({"GET"})

    @extend_schema(operation_id="list_tags", parameters=[TagListParameters])
    def get(self, request: Request) -> Response:
        """List the tags that are official or suggested, yours, and those of images that you can
        see, by name.
        """
        parameters = TagListParameters(data=request.query_params)
        parameters.is_valid(raise_exception=True)
        values = parameters.validated_data
        measured = TagScoring.objects.filter(tag=OuterRef("pk"), space__active=True)
        tags = vocabulary.visible_to(request.user).annotate(
            effective_threshold=Coalesce("threshold", Subquery(measured.values("threshold")[:1]))
        )
        if key := key_of(values.get("q", "")):
            tags = tags.filter(Q(name_key__startswith=key) | Q(name_zh_key__startswith=key))
        page = page_of(tags, request, values, key="name_key")
        return Response(self.get_serializer(page).data)
