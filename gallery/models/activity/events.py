"""Views and searches of people who agreed to their recording."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5, Now
from django.utils.translation import gettext_lazy as _

from gallery.models.images.image import Image


class ActivityConsent(models.Model):
    """That views and searches of a person are recorded. Without this row nothing is."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="activity_consent",
    )
    given_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("consent to recording")
        verbose_name_plural = _("consents to recording")

    def __str__(self) -> str:
        return f"{self.user_id} since {self.given_at}"


class EventKind(models.TextChoices):
    VIEW = "view"
    SEARCH = "search"


class ActivityEvent(models.Model):
    """A picture that a person opened, or a text that a person searched for, and when last.

    The same picture or text again changes the time of its row. The name of a row does not tell the
    text, because the admin shows it to whoever deletes the account.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="activity", db_index=False
    )
    kind = models.CharField(max_length=6, choices=EventKind)
    image = models.ForeignKey(Image, models.CASCADE, null=True, related_name="+")
    text = models.TextField(blank=True)
    at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "image"], condition=Q(kind="view"), name="one_view_per_image"
            ),
            models.UniqueConstraint(
                "user",
                MD5("text"),
                condition=Q(kind="search"),
                name="one_search_per_text",
            ),
            models.CheckConstraint(
                condition=Q(kind="view", image__isnull=False, text="")
                | Q(kind="search", image=None) & ~Q(text=""),
                name="activity_event_is_of_one_kind",
            ),
        ]
        indexes = [models.Index(fields=["user", "-at"], name="activity_newest")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}"
