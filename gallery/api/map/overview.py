"""The groups of the map."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.access.throttles import AnonymousSearch
from gallery.api.view import ApiView
from gallery.map.overview import EXAMPLES, ClusterOverview, overview_for
from gallery.map.points import MOST_POINTS, STEPS
from gallery.models import MapMethod


class MapTagSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    name_zh = serializers.CharField(help_text="In Chinese; empty if there is none.")


class MapClusterSerializer(serializers.Serializer[ClusterOverview]):
    id = serializers.IntegerField(help_text="Another one when the map is made anew.")
    count = serializers.IntegerField(help_text="Images of the cluster that you can see.")
    x = serializers.IntegerField(help_text=f"Mean place of these images, from 0 to {STEPS}.")
    y = serializers.IntegerField()
    tags = MapTagSerializer(many=True, help_text="What is typical of it: at most two tags.")
    examples = serializers.ListField(
        child=serializers.UUIDField(), help_text=f"At most {EXAMPLES} typical images."
    )

    def to_representation(self, instance: ClusterOverview) -> dict[str, Any]:
        return {
            "id": instance.id,
            "count": instance.count,
            "x": instance.x,
            "y": instance.y,
            "tags": MapTagSerializer(instance.tags, many=True).data,
            "examples": [str(image.pk) for image in instance.examples],
        }


class MapSerializer(serializers.Serializer[Any]):
    """Without a map, ``method`` and ``completed_at`` are null and there are no clusters."""

    method = serializers.ChoiceField(choices=MapMethod.choices, allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)
    count = serializers.IntegerField(help_text="Images on the map that you can see.")
    is_sample = serializers.BooleanField(
        help_text=f"Whether you can see more. Then the map has {MOST_POINTS} of them, chosen at "
        "random, and all counts are of these."
    )
    clusters = MapClusterSerializer(many=True, help_text="The largest one first.")


_NO_MAP: dict[str, Any] = {
    "method": None,
    "completed_at": None,
    "count": 0,
    "is_sample": False,
    "clusters": [],
}


class MapView(ApiView):
    throttle_classes = [AnonymousSearch]
    serializer_class: Any = MapSerializer

    @extend_schema(operation_id="get_map")
    def get(self, request: Request) -> Response:
        """The clusters of the map of the gallery. Images that are alike are near each other."""
        overview = overview_for(request.user)
        if overview is None:
            return Response(_NO_MAP)
        values = {
            "method": overview.projection.method,
            "completed_at": overview.projection.completed_at,
            "count": overview.count,
            "is_sample": overview.is_sample,
            "clusters": overview.clusters,
        }
        return Response(MapSerializer(values).data)
