"""Fits a projection to a sample of the vectors, with its clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from gallery.jobs import states
from gallery.map import clusters, pca, place, umap_layout
from gallery.map.pca import Vectors
from gallery.map.sample import Block, sample_of
from gallery.models import Embedding, MapCluster, MapMethod, MapProjection

# Their plane is about two degrees from that of 100,000; the fit takes about a slice
# (docs/benchmarks.md).
PCA_SAMPLE = 20_000
# UMAP needs minutes for more. They are also compared with each picture that is placed.
_UMAP_SAMPLE = 5_000


@dataclass(frozen=True)
class _Fit:
    columns: dict[str, Any]
    places: place.Places | None = None


def fit(projection: MapProjection) -> None:
    """Compute the projection and its clusters. A failure of UMAP pauses the job with its reason."""
    space = projection.space
    is_umap = projection.method == MapMethod.UMAP
    sample = sample_of(space, _UMAP_SAMPLE if is_umap else PCA_SAMPLE)
    if not sample.keys:
        projection.delete()
        return
    try:
        fitted = _by_umap(sample) if is_umap else _by_pca(sample)
    except umap_layout.UmapMissing:
        states.pause(projection, MapProjection.Problem.UMAP_MISSING)
        return
    except umap_layout.UmapFailed as error:
        states.pause(projection, MapProjection.Problem.UMAP_FAILED, reason=str(error))
        return
    pictures = Embedding.objects.filter(space=space).count()
    _store(projection, sample, fitted, clusters.centres_of(sample.vectors, pictures), pictures)


def _by_pca(sample: Block) -> _Fit:
    axes = pca.axes_of(sample.vectors)
    first, second = axes.axes
    return _Fit({"mean": axes.mean, "first_axis": first, "second_axis": second})


def _by_umap(sample: Block) -> _Fit:
    return _Fit({}, umap_layout.places_of(sample.vectors))


@transaction.atomic
def _store(
    projection: MapProjection, sample: Block, fitted: _Fit, centres: Vectors, pictures: int
) -> None:
    """Store nothing if the row was deleted meanwhile. UMAP's own places stay when all pictures are
    placed; others with keys between theirs may have come while it worked.
    """
    rows = MapProjection.objects.select_for_update(no_key=True).filter(pk=projection.pk)
    if not rows.exists():
        return
    MapCluster.objects.bulk_create(
        MapCluster(projection=projection, number=number, centre=centre)
        for number, centre in enumerate(centres)
    )
    if fitted.places is not None:
        place.store(sample, projection, fitted.places, anchors=True)
    rows.update(fitted_at=Now(), pictures=pictures, **fitted.columns)
