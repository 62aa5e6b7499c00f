"""Pairs of near-duplicates, what people decided about them, and what is still to be compared."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Self

from django.conf import settings
from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gallery.models.embedding import EmbeddingSpace
from gallery.models.images.image import Image
from gallery.models.images.queryset import User


class PairState(models.TextChoices):
    OPEN = "open", _("open")
    KEPT = "kept", _("both are kept")


class NearDuplicatePairQuerySet(models.QuerySet["NearDuplicatePair"]):
    def undecided(self) -> Self:
        return self.filter(state=PairState.OPEN)

    def changeable_by(self, user: User) -> Self:
        """Pairs of images that the user may edit and delete."""
        images = Image.objects.changeable_by(user)
        return self.filter(first__in=images, second__in=images)

    def touching(self, images: Collection[uuid.UUID]) -> Self:
        return self.filter(Q(first__in=images) | Q(second__in=images))

    def among(self, images: Collection[uuid.UUID]) -> Self:
        return self.filter(first__in=images, second__in=images)


class NearDuplicatePair(models.Model):
    """Two images of one owner that probably show the same picture, or that a person compared.

    ``first`` has the lower key. ``distance`` is the number of different bits of the perceptual
    hashes, ``similarity`` the cosine of the vectors; both are null for a pair that was not found
    but belonged to a group whose pictures were all kept. A pair that is ``kept`` is not proposed
    again.
    """

    first = models.ForeignKey(Image, models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Image, models.CASCADE, related_name="+")
    distance = models.PositiveSmallIntegerField(_("different bits"), null=True)
    similarity = models.FloatField(_("similarity"), null=True)
    state = models.CharField(_("status"), max_length=4, choices=PairState, default=PairState.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = NearDuplicatePairQuerySet.as_manager()

    class Meta:
        verbose_name = _("pair of near-duplicates")
        verbose_name_plural = _("near-duplicates")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_row_per_pair"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="pair_is_ordered"),
            models.CheckConstraint(
                condition=Q(state__in=PairState.values), name="pair_state_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="pair_open", condition=Q(state=PairState.OPEN)),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.state}"


class NearDuplicateScan(models.Model):
    """How far all images are compared with the vectors of a space: up to the key ``scanned_to``."""

    space = models.OneToOneField(
        EmbeddingSpace, models.CASCADE, primary_key=True, related_name="near_duplicate_scan"
    )
    scanned_to = models.UUIDField(null=True)
    completed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"near-duplicates in {self.space_id}"


class NearDuplicateItemQuerySet(models.QuerySet["NearDuplicateItem"]):
    def add_for(self, images: Sequence[uuid.UUID]) -> None:
        """Note that these images have a new vector or hash. Call it where that is stored.

        An image that is deleted at the same time is left out.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO gallery_nearduplicateitem (image_id)"
                " SELECT id FROM gallery_image WHERE id = ANY (%s::uuid[]) ORDER BY id"
                " FOR KEY SHARE ON CONFLICT DO NOTHING",
                [list(images)],
            )


class NearDuplicateItem(models.Model):
    """An image with a new vector or hash that was not compared with the others yet."""

    image = models.OneToOneField(
        Image, models.CASCADE, primary_key=True, related_name="near_duplicate_item"
    )

    objects = NearDuplicateItemQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.image_id)
