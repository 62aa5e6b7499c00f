"""The map, its list of groups, and the points for its script."""

from __future__ import annotations

import numpy as np
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gallery.map.areas import MOST_CORNERS
from gallery.map.clusters import MOST_CLUSTERS
from gallery.map.overview import overview_for
from gallery.map.points import Points, points_for
from gallery.models import MapProjection
from gallery.pages.access import readers_only
from gallery.pages.requests.visitors import limited_searches


@require_safe
@readers_only
@limited_searches("anonymous_search", without_query=True)
def show(request: HttpRequest) -> HttpResponse:
    context = {
        "map": overview_for(request.user),
        "most_corners": MOST_CORNERS,
        "most_clusters": MOST_CLUSTERS,
    }
    return render(request, "gallery/map/page.html", context)


@require_safe
@readers_only
@limited_searches("anonymous_search", without_query=True)
def points(request: HttpRequest) -> HttpResponse:
    """What ``js/map/data.js`` reads: little-endian numbers, described in docs/map.md."""
    projection = MapProjection.objects.shown()
    content = _packed(points_for(request.user, projection)) if projection else b"\0" * 8
    return HttpResponse(content, content_type="application/octet-stream")


def _packed(points: Points) -> bytes:
    clusters, indices = np.unique(points.clusters, return_inverse=True)
    header = np.array([len(points), len(clusters), *clusters], dtype="<u4")
    parts = [header, points.places.astype("<u2"), indices.astype(np.uint8), points.keys]
    return b"".join(part.tobytes() for part in parts)
