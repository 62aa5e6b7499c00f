from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from pgvector.django import VectorField

from gallery.models.image import Image

WIDTH = 512


class EmbeddingSpace(models.Model):
    """What makes vectors comparable: model, revision, preprocessing and width."""

    id = models.SmallAutoField(primary_key=True)
    encoder = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=200, unique=True)
    reason = models.CharField(max_length=300, blank=True)
    active = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["active"], condition=Q(active=True), name="one_active_embedding_space"
            )
        ]

    def __str__(self) -> str:
        return self.encoder


class Embedding(models.Model):
    """One image's unit vector in one space.

    A table of its own with ``STORAGE PLAIN``: a 512-d vector would otherwise be moved to TOAST
    and exact search would become 4 to 10 times slower (docs/architecture.md).
    """

    pk = models.CompositePrimaryKey("image_id", "space_id")
    # The primary key's index already leads with the image.
    image = models.ForeignKey(Image, models.CASCADE, related_name="embeddings", db_index=False)
    space = models.ForeignKey(EmbeddingSpace, models.CASCADE, related_name="embeddings")
    vector = VectorField(dimensions=WIDTH)

    def __str__(self) -> str:
        return f"{self.image_id} in {self.space_id}"
