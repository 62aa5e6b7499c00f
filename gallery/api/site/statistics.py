"""Counts of what the caller may see, and for staff the figures of the vector index."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.site.status import ImageCountsSerializer
from gallery.api.view import ApiView
from gallery.core.query_kind import QueryKind
from gallery.models import IndexKind, IndexMeasurement
from gallery.operations.gallery_statistics import statistics_for
from gallery.operations.index_status import IndexStatus


class VectorCountsSerializer(serializers.Serializer[Any]):
    encoder = serializers.CharField()
    width = serializers.IntegerField(help_text="Numbers per vector.")
    searchable = serializers.IntegerField(help_text="Images with status `ready`.")
    embedded = serializers.IntegerField(help_text="How many of them have a vector.")
    percent = serializers.FloatField(help_text="The same in percent, rounded down.")


class FacetValueSerializer(serializers.Serializer[Any]):
    value = serializers.CharField(help_text="For `owner`, empty for images without one.")
    count = serializers.IntegerField()
    operator = serializers.CharField(help_text="Finds these images when typed into the search box.")


class FacetSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="For instance `format`, `orientation`, `year`.")
    values = FacetValueSerializer(many=True)
    more = serializers.BooleanField(help_text="Whether there are further, less frequent values.")


class FacetsSerializer(serializers.Serializer[Any]):
    counted = serializers.IntegerField(help_text="Images that were counted.")
    capped = serializers.BooleanField(help_text="Whether there are more images than these.")
    facets = FacetSerializer(many=True)


# The names of the kinds in the API, which calls every picture an image.
_KINDS = {QueryKind.TEXT: "text", QueryKind.PICTURE: "image"}


class IndexSettingSerializer(serializers.Serializer[Any]):
    """How searches of one kind use the index. Null figures have not been measured."""

    query = serializers.ChoiceField(choices=[*_KINDS.values()])
    probes = serializers.IntegerField(help_text="`ef_search` for an HNSW index.")
    recall = serializers.FloatField(allow_null=True, help_text="recall@10 against exact search.")
    recall_low = serializers.FloatField(allow_null=True, help_text="95 % confidence interval.")
    recall_high = serializers.FloatField(allow_null=True)
    milliseconds = serializers.FloatField(allow_null=True, help_text="Median time in PostgreSQL.")
    queries = serializers.IntegerField(allow_null=True, help_text="Queries of the measurement.")
    measured_at = serializers.DateTimeField(allow_null=True)


class IndexSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=IndexKind.choices)
    lists = serializers.IntegerField(allow_null=True)
    rows = serializers.IntegerField(help_text="Vectors when it was built.")
    size = serializers.IntegerField(help_text="Bytes.")
    built_at = serializers.DateTimeField()
    calibrated_at = serializers.DateTimeField(allow_null=True)
    settings = IndexSettingSerializer(many=True)


class BuildingSerializer(serializers.Serializer[Any]):
    phase = serializers.CharField(help_text="PostgreSQL's name for it.")
    percent = serializers.FloatField(allow_null=True)


class IndexStatusSerializer(serializers.Serializer[Any]):
    """All images count here, whoever may see them."""

    rows = serializers.IntegerField(help_text="Vectors of the active embedding space.")
    width = serializers.IntegerField()
    images = serializers.IntegerField(source="coverage.total", help_text="Searchable images.")
    embedded = serializers.IntegerField(source="coverage.embedded")
    skipped = serializers.IntegerField(source="coverage.skipped")
    due = serializers.CharField(allow_null=True, help_text="Why the index will be worked on.")
    building = BuildingSerializer(
        source="progress", allow_null=True, help_text="The build that runs now; null if none does."
    )
    current = serializers.SerializerMethodField(
        help_text="The index that searches use; null while they compare every vector."
    )

    @extend_schema_field(IndexSerializer(allow_null=True))
    def get_current(self, status: IndexStatus) -> dict[str, Any] | None:
        if status.index is None or not status.index.is_worthwhile:
            return None
        settings = [_setting(kind, effort, status.chosen.get(kind))
                    for kind, effort in status.efforts.items()]  # fmt: skip
        values = {**vars(status.index), "size": status.size, "settings": settings}
        return dict(IndexSerializer(values).data)


class StatisticsSerializer(serializers.Serializer[Any]):
    images = ImageCountsSerializer(source="by_state", help_text="Images you can see, by status.")
    vectors = VectorCountsSerializer(allow_null=True, help_text="Null before a model is chosen.")
    counts = FacetsSerializer(source="facets", help_text="Searchable images by their properties.")
    vector_index = IndexStatusSerializer(
        source="index", allow_null=True, help_text="For staff; null for others."
    )


class StatisticsView(ApiView):
    serializer_class = StatisticsSerializer

    @extend_schema(operation_id="get_statistics")
    def get(self, request: Request) -> Response:
        """Get counts of the images you can see; for staff also the vector index."""
        return Response(self.get_serializer(statistics_for(request.user)).data)


_FIGURES = ("recall", "recall_low", "recall_high", "milliseconds", "queries", "measured_at")


def _setting(kind: QueryKind, effort: int, measured: IndexMeasurement | None) -> dict[str, Any]:
    figures = {name: getattr(measured, name, None) for name in _FIGURES}
    return {"query": _KINDS[kind], "probes": effort, **figures}
