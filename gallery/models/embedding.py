from __future__ import annotations

import uuid

import numpy as np
import numpy.typing as npt
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from pgvector.django import VectorField

from gallery.models.image import Image

WIDTH = 512


class Fill(models.TextChoices):
    """What becomes of a space that does not answer searches; ``NONE`` also for the active one."""

    NONE = "", _("not being changed")
    RUNNING = "running", _("being filled")
    PAUSED = "paused", _("paused")
    DROPPING = "dropping", _("being dropped")


class Phase(models.TextChoices):
    """Where a space stands, in one word for people."""

    FILLING = "filling", _("being filled")
    PAUSED = "paused", _("paused")
    ACTIVE = "active", _("answers searches")
    KEPT = "kept", _("kept")
    DROPPING = "dropping", _("being dropped")


class Trouble(models.TextChoices):
    """What is in the way of a space, by what has to happen before it is over."""

    NONE = "", _("none")
    ENCODER = "encoder", _("its model cannot be loaded")
    LOST = "lost", _("processes were lost while loading its model")
    SKIPPED = "skipped", _("too many pictures cannot be read")
    INDEX = "index", _("its index cannot be built")


class EmbeddingSpace(models.Model):
    """What makes vectors comparable: model, revision, preprocessing and width.

    ``missing`` and ``pace`` (images a second) are measurements of the moment ``counted_at``, good
    for an estimate only, and ``reached`` is where the look for images without a vector goes on:
    how far a space is filled is told by the vectors themselves. ``looked_at`` is when such a look
    last found nothing. ``loads`` are the attempts to load the encoder since the last one that
    succeeded, and until ``loading_until`` nobody begins another.
    """

    id = models.SmallAutoField(primary_key=True)
    encoder = models.CharField(_("model"), max_length=200)
    fingerprint = models.CharField(_("fingerprint"), max_length=200, unique=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    active = models.BooleanField(default=False)
    fill = models.CharField(max_length=8, choices=Fill, default=Fill.NONE, blank=True)
    trouble_code = models.CharField(max_length=8, choices=Trouble, default=Trouble.NONE, blank=True)
    # The part of it that only who met it knows; for people: ``embeddings.trouble.words``.
    trouble = models.CharField(max_length=300, blank=True)
    trouble_at = models.DateTimeField(null=True, editable=False)
    switch_when_full = models.BooleanField(_("changes over by itself"), default=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)
    started_at = models.DateTimeField(_("filling began at"), null=True, editable=False)
    full_at = models.DateTimeField(_("full since"), null=True, editable=False)
    activated_at = models.DateTimeField(_("answers since"), null=True, editable=False)
    counted_at = models.DateTimeField(null=True, editable=False)
    missing = models.PositiveIntegerField(null=True, editable=False)
    pace = models.FloatField(null=True, editable=False)
    reached = models.DateTimeField(null=True, editable=False)
    looked_at = models.DateTimeField(null=True, editable=False)
    loads = models.PositiveSmallIntegerField(default=0, editable=False)
    loading_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("embedding space")
        verbose_name_plural = _("embedding spaces")
        constraints = [
            models.UniqueConstraint(
                fields=["active"], condition=Q(active=True), name="one_active_embedding_space"
            ),
            # All of them have the same ``active``, so there is one at most.
            models.UniqueConstraint(
                fields=["active"],
                condition=Q(fill__in=["running", "paused"]),
                name="one_filling_embedding_space",
            ),
            models.CheckConstraint(
                condition=Q(active=False) | Q(fill=""), name="the_active_space_is_not_filled"
            ),
        ]

    def __str__(self) -> str:
        return self.encoder

    @property
    def phase(self) -> Phase:
        if self.active:
            return Phase.ACTIVE
        return {
            Fill.RUNNING: Phase.FILLING,
            Fill.PAUSED: Phase.PAUSED,
            Fill.DROPPING: Phase.DROPPING,
        }.get(Fill(self.fill), Phase.KEPT)


class EmbeddingQuerySet(models.QuerySet["Embedding"]):
    def vector_of(
        self, image_id: uuid.UUID, space: EmbeddingSpace
    ) -> npt.NDArray[np.float32] | None:
        """The image's unit vector ``(512,)`` in ``space``, or None if it has none."""
        rows = self.filter(space=space, image_id=image_id)
        vector = rows.values_list("vector", flat=True).first()
        return None if vector is None else np.asarray(vector, dtype=np.float32)


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
