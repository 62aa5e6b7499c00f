from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Self

import numpy as np
import numpy.typing as npt
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from pgvector.django import VectorField

from gallery.models.images.image import Image
from gallery.models.job import JobState

WIDTH = 512
# Deleting so many vectors takes about 0.2 s.
_DELETED_AT_ONCE = 5000


class SpaceState(models.TextChoices):
    """What a space is used for at the moment."""

    ACTIVE = "active", _("in use")
    BACKFILLING = "backfilling", _("backfill running")
    PAUSED = "paused", _("backfill paused")
    KEPT = "kept", _("not in use")
    DROPPING = "dropping", _("being deleted")


class EmbeddingSpaceQuerySet(models.QuerySet["EmbeddingSpace"]):
    def unused(self) -> Self:
        """Neither active nor being backfilled nor being deleted."""
        return self.filter(active=False, dropping=False, backfill=None)


class EmbeddingSpace(models.Model):
    """What makes vectors comparable: model, revision, preprocessing and width.

    The active space answers searches. A space that is ``dropping`` is deleted in the background
    and cannot be used any more.
    """

    id = models.SmallAutoField(primary_key=True)
    encoder = models.CharField(_("model"), max_length=200)
    fingerprint = models.CharField(_("fingerprint"), max_length=200, unique=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    active = models.BooleanField(default=False)
    dropping = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)
    activated_at = models.DateTimeField(_("active since"), null=True, editable=False)

    objects = EmbeddingSpaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("embedding space")
        verbose_name_plural = _("embedding spaces")
        constraints = [
            models.UniqueConstraint(
                fields=["active"], condition=Q(active=True), name="one_active_embedding_space"
            ),
            models.CheckConstraint(
                condition=Q(active=False) | Q(dropping=False),
                name="the_active_space_is_not_dropped",
            ),
        ]

    def __str__(self) -> str:
        return self.encoder

    @property
    def state(self) -> SpaceState:
        if self.active:
            return SpaceState.ACTIVE
        if self.dropping:
            return SpaceState.DROPPING
        backfill = getattr(self, "backfill", None)
        if backfill is None:
            return SpaceState.KEPT
        running = backfill.state == JobState.RUNNING
        return SpaceState.BACKFILLING if running else SpaceState.PAUSED

    @property
    def problem(self) -> str:
        """The problem of its backfill or of its index, in the reader's language; else empty."""
        if backfill_problem := getattr(getattr(self, "backfill", None), "problem", ""):
            return str(backfill_problem)
        if failure := getattr(self, "index_failure", None):
            return str(failure)
        return ""


class EmbeddingQuerySet(models.QuerySet["Embedding"]):
    def vector_of(
        self, image_id: uuid.UUID, space: EmbeddingSpace
    ) -> npt.NDArray[np.float32] | None:
        """The image's unit vector ``(512,)`` in ``space``, or None if it has none."""
        rows = self.filter(space=space, image_id=image_id)
        vector = rows.values_list("vector", flat=True).first()
        return None if vector is None else np.asarray(vector, dtype=np.float32)

    def vectors_of(
        self, image_ids: Collection[uuid.UUID], space: EmbeddingSpace
    ) -> dict[uuid.UUID, npt.NDArray[np.float32]]:
        """The images' unit vectors in ``space``; without those that have none.

        In pgvector's binary form: reading three hundred vectors as texts takes 0.1 s.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT image_id, vector_send(vector) FROM gallery_embedding"
                " WHERE space_id = %s AND image_id = ANY (%s)",
                [space.pk, list(image_ids)],
            )
            return {key: _from_binary(data) for key, data in cursor.fetchall()}

    def vectors_after(
        self, image_id: uuid.UUID, space: EmbeddingSpace, limit: int
    ) -> dict[uuid.UUID, npt.NDArray[np.float32]]:
        """The next ``limit`` unit vectors of ``space`` in the order of the images' keys."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT image_id, vector_send(vector) FROM gallery_embedding"
                " WHERE space_id = %s AND image_id > %s ORDER BY image_id LIMIT %s",
                [space.pk, image_id, limit],
            )
            return {key: _from_binary(data) for key, data in cursor.fetchall()}

    def delete_some(self, space: EmbeddingSpace, limit: int = _DELETED_AT_ONCE) -> int:
        """Delete up to ``limit`` vectors of the space inside PostgreSQL; returns how many."""
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM gallery_embedding WHERE space_id = %s AND ctid = ANY (ARRAY("
                "SELECT ctid FROM gallery_embedding WHERE space_id = %s LIMIT %s))",
                [space.pk, space.pk, limit],
            )
            return int(cursor.rowcount)


def _from_binary(data: bytes) -> npt.NDArray[np.float32]:
    """Two numbers of 16 bits, then the values, all of them big-endian."""
    return np.frombuffer(data, dtype=">f4", offset=4).astype(np.float32)


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

    objects = EmbeddingQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.image_id} in {self.space_id}"
