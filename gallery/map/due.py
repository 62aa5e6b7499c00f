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

    Unfinished ones of other spaces end here.
    """
    unfinished = MapProjection.objects.unfinished()
    unfinished.exclude(space=space).delete()
    if current := unfinished.filter(space=space).select_related("space").first():
        return current if current.state == JobState.RUNNING else None
    method = _method_due(space)
    return MapProjection.objects.create(space=space, method=method) if method else None


def _method_due(space: EmbeddingSpace) -> MapMethod | None:
    """PCA comes first, because it takes seconds. UMAP replaces it if the site is set to it."""
    shown = MapProjection.objects.filter(space=space).shown()
    pictures = Embedding.objects.filter(space=space).count()
    if shown is None:
        return MapMethod.PCA if pictures else None
    configured = MapMethod(config().map_method)
    if pictures < _LEAST_FOR_UMAP:
        configured = MapMethod.PCA
    is_due = shown.method != configured or pictures >= _GROWTH * shown.pictures
    return configured if is_due else None
