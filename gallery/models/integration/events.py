"""What happened to images and imports, for programs that follow it."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from gallery.models.images.image import Image
from gallery.models.images.queryset import User


class EventName(models.TextChoices):
    CREATED = "image.created"
    READY = "image.ready"
    FAILED = "image.failed"
    DELETED = "image.deleted"
    IMPORT_FINISHED = "import.finished"
    IMPORT_STOPPED = "import.stopped"


class _OldestOpenTransaction(Func):
    """All transactions before it have ended: what they wrote is visible, or will never be."""

    template = "(pg_snapshot_xmin(pg_current_snapshot())::text::bigint)"
    output_field = models.BigIntegerField()


class EventQuerySet(models.QuerySet["Event"]):
    def settled(self) -> Self:
        """Events before which no other one can appear any more."""
        return self.filter(transaction__lt=_OldestOpenTransaction())

    def after(self, transaction: int, key: int) -> Self:
        later = Q(transaction__gt=transaction) | Q(id__gt=key)
        return self.filter(later, transaction__gte=transaction)

    def visible_to(self, user: User) -> Self:
        """The person's own ones; all for superusers."""
        return self.all() if getattr(user, "is_superuser", False) else self.own(user)

    def own(self, user: User) -> Self:
        """Of the person's imports, and of the person's images as far as the person may see them."""
        if not user.is_authenticated:
            return self.none()
        images = Image.objects.changeable_by(user).filter(pk=models.OuterRef("image_id"))
        is_shown = Q(image_id=None) | Q(name=EventName.DELETED) | models.Exists(images)
        return self.filter(is_shown, owner_id=user.pk)

    def in_order(self) -> Self:
        return self.order_by("transaction", "id")


class Event(models.Model):
    """Written by triggers of the database, in the transaction of what happened to an image or an
    import.

    Ids are given before the commit, so they do not have the order in which events become visible;
    ``transaction`` and ``id`` together have one, for ``settled`` events. The owner of a picture
    that is blocked does not learn of its deletion.
    """

    id = models.BigAutoField(primary_key=True)
    transaction = models.BigIntegerField()
    name = models.CharField(max_length=16, choices=EventName)
    image_id = models.UUIDField(null=True)
    import_id = models.UUIDField(null=True)
    # Without a constraint: a deletion of the owner deletes the images too.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    created_at = models.DateTimeField(db_default=Now())

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(F("transaction"), F("id"), name="event_order"),
            models.Index(fields=["owner", "transaction", "id"], name="event_of_owner"),
            models.Index(fields=["created_at"], name="event_age"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(image_id=None) ^ Q(import_id=None), name="event_of_image_or_import"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.image_id or self.import_id}"


class EventHistory(models.Model):
    """One row: names the sequence of events of this database since it was created or restored.

    Backups do not have the row, so a restored database gets another name.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=16)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_event_history")]

    def __str__(self) -> str:
        return self.name
