"""What people like and dislike."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gallery.models.images.image import Image


class ReactionKind(models.TextChoices):
    LIKE = "like"
    DISLIKE = "dislike"


class Reaction(models.Model):
    """That a person likes or dislikes a picture. Nobody else sees it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reactions", db_index=False
    )
    image = models.ForeignKey(Image, models.CASCADE, related_name="reactions")
    kind = models.CharField(max_length=7, choices=ReactionKind)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints = [
            models.UniqueConstraint(fields=["user", "image"], name="one_reaction_per_image"),
            models.CheckConstraint(
                condition=Q(kind__in=ReactionKind.values), name="reaction_is_known"
            ),
        ]
        indexes = [models.Index(fields=["user", "kind", "-at"], name="reaction_newest")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}"
