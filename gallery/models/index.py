from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from gallery.models.embedding import EmbeddingSpace


class IndexBuild(models.Model):
    """An ivfflat index that stands on one space's vectors, and how to query it."""

    space = models.OneToOneField(EmbeddingSpace, models.CASCADE, related_name="index")
    name = models.CharField(max_length=63)
    lists = models.PositiveIntegerField()
    probes = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    built_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name
