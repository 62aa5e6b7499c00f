"""The place of each image on the map."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.access.throttles import AnonymousSearch
from gallery.api.view import ApiView
from gallery.map.points import STEPS, points_for
from gallery.models import MapProjection


class MapPointsSerializer(serializers.Serializer[Any]):
    """Columns, all of one length: the n-th number of each belongs to the n-th image."""

    images = serializers.ListField(child=serializers.UUIDField())
    x = serializers.ListField(
        child=serializers.IntegerField(), help_text=f"From 0 at the left to {STEPS}."
    )
    y = serializers.ListField(
        child=serializers.IntegerField(), help_text=f"From 0 at the top to {STEPS}."
    )
    clusters = serializers.ListField(
        child=serializers.IntegerField(), help_text="Keys of the clusters of the map."
    )


class MapPointsView(ApiView):
    throttle_classes = [AnonymousSearch]
    serializer_class: Any = MapPointsSerializer

    @extend_schema(operation_id="list_map_points")
    def get(self, request: Request) -> Response:
        """The places of the images on the map that you can see: of all of them, or of a sample."""
        projection = MapProjection.objects.shown()
        if projection is None:
            return Response({"images": [], "x": [], "y": [], "clusters": []})
        points = points_for(request.user, projection)
        # Not by the serializer: its fields take a second for 100,000 images.
        columns = {
            "images": [str(uuid.UUID(bytes=key.tobytes())) for key in points.keys],
            "x": points.places[:, 0].tolist(),
            "y": points.places[:, 1].tolist(),
            "clusters": points.clusters.tolist(),
        }
        return Response(columns)
