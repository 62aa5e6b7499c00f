"""Which projection is to be made next."""

from __future__ import annotations

from gallery.core.config import config
from gallery.models import Embedding, EmbeddingSpace, JobState, MapMethod, MapProjection

# UMAP compares each vector with its nearest neighbours; with fewer, its map says nothing.
_LEAST_FOR_UMAP = 50
# A map of so many times the pictures that it was fitted to is made anew.
_GROWTH = 2


def projection_to_make(space: EmbeddingSpace) -> MapProjection | None:
    """The unfinished projection of the active space, if it is not paused, or a new one that is due.

    Unfinished ones of other spaces end here, and of UMAP if the site is set to PCA. While UMAP is
    paused, PCA makes the map.
    """
    unfinished = MapProjection.objects.unfinished()
    unfinished.exclude(space=space).delete()
    if config().map_method != MapMethod.UMAP:
        unfinished.filter(method=MapMethod.UMAP).delete()
    paused = set()
    for job in unfinished.select_related("space").order_by("method", "pk"):
        if job.state == JobState.RUNNING:
            return job
        paused.add(job.method)
    if MapMethod.PCA in paused:
        return None
    method = _method_due(space, umap_is_paused=MapMethod.UMAP in paused)
    return MapProjection.objects.create(space=space, method=method) if method else None


def _method_due(space: EmbeddingSpace, *, umap_is_paused: bool) -> MapMethod | None:
    """PCA comes first, because it takes seconds. UMAP replaces it if the site is set to it."""
    shown = MapProjection.objects.filter(space=space).shown()
    pictures = Embedding.objects.filter(space=space).count()
    if shown is None:
        return MapMethod.PCA if pictures else None
    has_grown = pictures >= _GROWTH * shown.pictures
    if umap_is_paused:
        return MapMethod.PCA if shown.method == MapMethod.PCA and has_grown else None
    configured = MapMethod(config().map_method)
    if pictures < _LEAST_FOR_UMAP:
        configured = MapMethod.PCA
    return configured if has_grown or shown.method != configured else None
