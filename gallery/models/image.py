from __future__ import annotations

import uuid
from functools import cached_property
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Model, Q
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from gallery.core.config import config
from gallery.models.addresses import address_of
from gallery.models.condition import Condition, condition_of
from gallery.models.work import Work, WorkQuerySet

_ROWS_AT_ONCE = 5000
# Raise it, and the condition of the index ``image_facts_due`` with it, when more is read from the
# metadata of files: ``ingest/reread.py`` then reads the files of existing images again.
FACTS_VERSION = 1

User = AbstractBaseUser | AnonymousUser


class State(models.TextChoices):
    STORED = "stored", _("waiting for processing")
    DERIVED = "derived", _("processing")
    READY = "ready", _("searchable")
    FAILED = "failed", _("failed")
    QUARANTINED = "quarantined", _("quarantined")


class Visibility(models.TextChoices):
    PUBLIC = "public", _("everyone")
    MEMBERS = "members", _("people who are logged in")
    PRIVATE = "private", _("only me")


def changeable_by(user: User) -> Q:
    """The condition for images that the user may edit and delete."""
    if not user.is_authenticated:
        return Q(pk__in=[])
    if getattr(user, "is_superuser", False):
        return Q()
    return Q(owner_id=user.pk)


class ImageQuerySet(WorkQuerySet):
    def visible_to(self, user: User) -> Self:
        """Images the user may see. Every list, page, file response and search filters by this."""
        if not user.is_authenticated:
            if not config().anonymous_access:
                return self.none()
            return self.filter(visibility=Visibility.PUBLIC)
        if getattr(user, "is_superuser", False):
            return self.all()
        return self.filter(~Q(visibility=Visibility.PRIVATE) | Q(owner_id=user.pk))

    def changeable_by(self, user: User) -> Self:
        """Images the user may edit and delete."""
        return self.filter(changeable_by(user))

    def awaiting(self, state: State) -> Self:
        return self.filter(state=state)

    def awaiting_facts(self) -> Self:
        """Processed images whose files were read by an older version."""
        processed = (State.DERIVED, State.READY)
        return self.filter(state__in=processed, facts_version__lt=FACTS_VERSION)

    def without_embedding_in(self, space: Model) -> Self:
        """Images without a vector in the embedding space."""
        return self.exclude(embeddings__space=space)

    @cached_property
    def condition(self) -> Condition:
        """These images as SQL, compiled once for all statements that this queryset is part of.

        Raises ``EmptyResultSet`` if it is known to be empty.
        """
        return condition_of(self)

    def restart(self, state: State, **changes: Any) -> list[uuid.UUID]:
        """Set the images to ``state``, due now and with all attempts left; returns their keys.

        Locks the rows in the order of their keys, as a deletion does. Call it in a transaction.
        """
        rows = self.order_by("pk").select_for_update(no_key=True, of=("self",))
        keys = list(rows.values_list("pk", flat=True))
        changes = {"state": state, "attempts": 0, "lease_until": None, "next_attempt_at": Now(),
                   "error_code": "", "error_message": "", **changes}  # fmt: skip
        for start in range(0, len(keys), _ROWS_AT_ONCE):
            Image.objects.filter(pk__in=keys[start : start + _ROWS_AT_ONCE]).update(**changes)
        return keys


class Image(Work):
    """One uploaded picture: its original, its metadata and the state of its processing.

    ``original`` is a path relative to the media folder, ``size`` is in bytes. ``width`` and
    ``height`` are null until the image is derived. ``lightness``, ``green_red`` and
    ``blue_yellow`` are the dominant colour in CIELAB (L* 0 to 100, a* and b* about -128 to 127).
    ``damaged``: the picture can be shown, but a part of its pixels is wrong or missing.
    ``latitude`` and ``longitude`` are degrees (WGS 84) and, like ``external_id``, the owner's own
    key, are shown only to people who may change the image. ``facts_version`` is the
    ``FACTS_VERSION`` that read the file's metadata. ``metadata`` is a JSON object with
    keys of the owner's choice.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        related_name="images",
        verbose_name=_("owner"),
    )
    visibility = models.CharField(
        _("visibility"), max_length=8, choices=Visibility, default=Visibility.PUBLIC
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    caption = models.TextField(_("caption"), max_length=2000, blank=True)
    file_name = models.CharField(_("file name"), max_length=255, blank=True)

    original = models.CharField(_("original"), max_length=120, editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    size = models.PositiveBigIntegerField(editable=False)
    format = models.CharField(_("format"), max_length=8, editable=False)
    width = models.PositiveIntegerField(null=True, editable=False)
    height = models.PositiveIntegerField(null=True, editable=False)
    colour = models.CharField(_("colour"), max_length=7, blank=True, editable=False)
    lightness = models.FloatField(null=True, editable=False)
    green_red = models.FloatField(null=True, editable=False)
    blue_yellow = models.FloatField(null=True, editable=False)
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    exif = models.JSONField(_("EXIF"), default=dict, editable=False)
    camera = models.CharField(_("camera"), max_length=100, db_default="", editable=False)
    lens = models.CharField(_("lens"), max_length=100, db_default="", editable=False)
    latitude = models.FloatField(_("latitude"), null=True, editable=False)
    longitude = models.FloatField(_("longitude"), null=True, editable=False)
    damaged = models.BooleanField(_("damaged"), db_default=False, editable=False)
    facts_version = models.PositiveSmallIntegerField(db_default=0, editable=False)

    external_id = models.CharField(_("external ID"), max_length=200, blank=True, db_default="")
    metadata = models.JSONField(
        _("metadata"), default=dict, blank=True, db_default=models.Value({}, models.JSONField())
    )

    state = models.CharField(
        _("state"), max_length=12, choices=State, default=State.STORED, editable=False
    )
    error_code = models.CharField(_("error code"), max_length=40, blank=True, editable=False)
    error_message = models.CharField(max_length=300, blank=True, editable=False)

    created_at = models.DateTimeField(_("uploaded at"), db_default=Now(), editable=False)
    updated_at = models.DateTimeField(_("last change"), auto_now=True, editable=False)

    objects = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "sha256"],
                name="one_image_per_owner_and_content",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["owner", "external_id"],
                name="one_image_per_owner_and_external_id",
                condition=~Q(external_id=""),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="image_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values), name="image_visibility_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="image_newest"),
            models.Index(fields=["owner", "-created_at"], name="image_owner_newest"),
            models.Index(fields=["taken_at"], name="image_taken"),
            models.Index(
                Coalesce("taken_at", "created_at").desc(), F("id").desc(), name="image_dated"
            ),
            models.Index(fields=["camera"], name="image_camera"),
            models.Index(
                fields=["latitude", "longitude"],
                name="image_place",
                condition=Q(latitude__isnull=False),
            ),
            GinIndex(fields=["metadata"], name="image_metadata", opclasses=["jsonb_path_ops"]),
            models.Index(
                fields=["state", "next_attempt_at"],
                name="image_due",
                condition=Q(state__in=[State.STORED, State.DERIVED]),
            ),
            models.Index(
                fields=["id"],
                name="image_facts_due",
                condition=Q(state__in=[State.DERIVED, State.READY], facts_version__lt=1),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.file_name or str(self.pk)

    def get_absolute_url(self) -> str:
        return address_of(self.pk, "picture")

    @property
    def has_dimensions(self) -> bool:
        """Whether the image was decoded once. Its previews may be lost since."""
        return bool(self.width and self.height)

    @property
    def has_place(self) -> bool:
        return self.latitude is not None and self.longitude is not None

    def is_changeable_by(self, user: User) -> bool:
        """What ``ImageQuerySet.changeable_by`` decides, for a row that is loaded already."""
        if not user.is_authenticated:
            return False
        return bool(getattr(user, "is_superuser", False)) or self.owner_id == user.pk

    @property
    def error(self) -> dict[str, Any] | None:
        if not self.error_code:
            return None
        return {"code": self.error_code, "message": self.error_message}
