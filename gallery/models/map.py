"""The map of the gallery: projections of a space to the plane, their clusters and points."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Self

from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pgvector.django import VectorField

from gallery.models.embedding import WIDTH, EmbeddingSpace
from gallery.models.images.image import Image
from gallery.models.job import Job


class MapMethod(models.TextChoices):
    PCA = "pca", "PCA"
    UMAP = "umap", "UMAP"


class MapProjectionQuerySet(models.QuerySet["MapProjection"]):
    def complete(self) -> Self:
        return self.exclude(completed_at=None)

    def unfinished(self) -> Self:
        return self.filter(completed_at=None)

    def fitted(self) -> Self:
        """Those that can place a picture, whether all pictures are placed or not."""
        return self.exclude(fitted_at=None)

    def shown(self) -> MapProjection | None:
        """The projection that people see, or None if none was ever complete."""
        return self.complete().order_by("completed_at", "pk").last()


class MapProjection(Job):
    """A projection of the vectors of a space to the plane, and the job that makes it.

    It is fitted to a sample of the vectors; then the images are placed in the order of their keys,
    up to ``placed_to``. Coordinates are between -1 and 1. With PCA, the coordinates of a vector are
    the products of ``vector - mean`` and the axes; with UMAP, the weighted mean of the nearest
    ``is_anchor`` points, and the three vector columns are null. ``pictures`` is the number of
    images that had a vector at the fit.
    """

    class Problem(models.TextChoices):
        UMAP_MISSING = "umap_missing", _("The package umap-learn is not installed.")
        UMAP_FAILED = "umap_failed", _("UMAP has failed: %(reason)s")

    space = models.ForeignKey(
        EmbeddingSpace,
        models.CASCADE,
        related_name="map_projections",
        verbose_name=_("embedding space"),
    )
    method = models.CharField(_("method"), max_length=4, choices=MapMethod)
    mean = VectorField(dimensions=WIDTH, null=True)
    first_axis = VectorField(dimensions=WIDTH, null=True)
    second_axis = VectorField(dimensions=WIDTH, null=True)
    pictures = models.PositiveIntegerField(_("pictures"), default=0)
    fitted_at = models.DateTimeField(null=True, editable=False)
    placed_to = models.UUIDField(null=True, editable=False)

    objects = MapProjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("map of the gallery")
        verbose_name_plural = _("maps of the gallery")
        constraints = [
            models.CheckConstraint(
                condition=Q(method__in=MapMethod.values), name="map_method_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()}: {self.space}"


class MapCluster(models.Model):
    """Images whose vectors are nearest to ``centre``; ``number`` counts from 0 in a projection."""

    projection = models.ForeignKey(MapProjection, models.CASCADE, related_name="clusters")
    number = models.PositiveSmallIntegerField()
    centre = VectorField(dimensions=WIDTH)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["projection", "number"], name="one_cluster_per_number"),
        ]

    def __str__(self) -> str:
        return f"cluster {self.number} of {self.projection_id}"


class MapPoint(models.Model):
    """The place of one image in one projection."""

    pk = models.CompositePrimaryKey("image_id", "projection_id")
    image = models.ForeignKey(Image, models.CASCADE, related_name="map_points", db_index=False)
    # Nearly all rows belong to one projection: an index on it would not help.
    projection = models.ForeignKey(
        MapProjection, models.CASCADE, related_name="points", db_index=False
    )
    cluster = models.ForeignKey(MapCluster, models.CASCADE, related_name="points")
    x = models.FloatField()
    y = models.FloatField()
    is_anchor = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.image_id} at {self.x:.3f}, {self.y:.3f}"


class MapItemQuerySet(models.QuerySet["MapItem"]):
    def add_for(self, images: Sequence[uuid.UUID]) -> None:
        """Note that these images have a new vector. Call it where that is stored."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO gallery_mapitem (image_id)"
                " SELECT id FROM gallery_image WHERE id = ANY (%s::uuid[]) ORDER BY id"
                " FOR KEY SHARE ON CONFLICT DO NOTHING",
                [list(images)],
            )


class MapItem(models.Model):
    """An image with a new vector that is not placed on the map yet."""

    image = models.OneToOneField(Image, models.CASCADE, primary_key=True, related_name="map_item")

    objects = MapItemQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.image_id)
