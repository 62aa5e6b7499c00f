"""The interests of a person, computed from likes, views and searches."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from pgvector.django import VectorField

from gallery.core.query_kind import QueryKind
from gallery.models.embedding import WIDTH, EmbeddingSpace


class TasteProfileQuerySet(models.QuerySet["TasteProfile"]):
    def due_in(self, space: EmbeddingSpace) -> TasteProfileQuerySet:
        """With activity that is not in their interests yet, or with those of another space."""
        is_old = ~Q(changes=F("built_changes"))
        return self.filter(is_old | Q(space=None) | ~Q(space_id=space.pk))


class TasteProfile(models.Model):
    """Whether the interests of a person are up to date.

    ``changes`` counts the changes of their activity; the interests were computed in ``space`` from
    the activity after ``built_changes`` of them.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="taste_profile"
    )
    space = models.ForeignKey(EmbeddingSpace, models.SET_NULL, null=True, related_name="+")
    changes = models.PositiveBigIntegerField(default=1)
    built_changes = models.PositiveBigIntegerField(default=0)
    built_at = models.DateTimeField(null=True)

    objects = TasteProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("taste profile")
        verbose_name_plural = _("taste profiles")

    def __str__(self) -> str:
        return f"interests of {self.user_id}"


class InterestManager(models.Manager["Interest"]):
    def get_queryset(self) -> models.QuerySet[Interest]:
        """Without the vector, which is read where it is named."""
        return super().get_queryset().defer("vector")


class Interest(models.Model):
    """One of the things that a person likes.

    ``vector`` is the unit mean of pictures or of texts, as ``kind`` says. ``images`` and ``texts``
    are some of those, the most typical first. The weights of a profile have the sum 1.
    """

    profile = models.ForeignKey(TasteProfile, models.CASCADE, related_name="interests")
    kind = models.CharField(max_length=7, choices=[(kind.value, kind.value) for kind in QueryKind])
    weight = models.FloatField()
    images = ArrayField(models.UUIDField(), default=list)
    texts = ArrayField(models.TextField(), default=list)
    vector = VectorField(dimensions=WIDTH)

    objects: Any = InterestManager()

    class Meta:
        verbose_name = _("interest")
        verbose_name_plural = _("interests")
        ordering = ["-weight", "pk"]

    def __str__(self) -> str:
        return f"{self.profile_id}: {self.weight:.2f}"
