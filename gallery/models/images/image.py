from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, HashIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from gallery.core.errors import DecoderCrash, TooExpensive
from gallery.models.addresses import address_of
from gallery.models.images.queryset import ImageQuerySet, User
from gallery.models.images.states import State, Visibility
from gallery.models.moderation.states import Moderation
from gallery.models.work import Work

# The error code of an image whose preview is made again, until it has a vector.
PREVIEW_MISSING = "preview_missing"

# The errors of pictures that may keep a decoder busy again.
SUSPECT_CODES = (DecoderCrash.code, TooExpensive.code)


class Image(Work):
    """One uploaded picture: its original, its metadata and the state of its processing.

    ``original`` is a path relative to the media folder, ``size`` is in bytes. ``width`` and
    ``height`` are null until the image is derived. ``lightness``, ``green_red`` and
    ``blue_yellow`` are the dominant colour in CIELAB (L* 0 to 100, a* and b* about -128 to 127).
    ``sidecar_taken_at`` becomes ``taken_at`` when the image is derived if its file has no date.
    ``damaged``: the picture can be shown, but a part of its pixels is wrong or missing.
    ``latitude`` and ``longitude`` are degrees (WGS 84) and, like ``external_id``, the owner's own
    key, are shown only to people who may change the image. ``import_id`` is the import that
    added the picture, which may be deleted since. ``facts_version`` is the
    ``FACTS_VERSION`` that read the file's metadata. ``perceptual_hash`` has 64 bits
    and ``detail_hash`` 256 (``media/perceptual_hash.py``); null until computed from a preview.
    ``previews_sha256`` is the hash of all previews (``media/file_hashes.py``); null for images of
    an older version whose files were not checked yet.
    ``metadata`` is a JSON object with keys of the owner's choice.
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
    sidecar_taken_at = models.DateTimeField(null=True, editable=False)
    exif = models.JSONField(_("EXIF"), default=dict, editable=False)
    camera = models.CharField(_("camera"), max_length=100, db_default="", editable=False)
    lens = models.CharField(_("lens"), max_length=100, db_default="", editable=False)
    latitude = models.FloatField(_("latitude"), null=True, editable=False)
    longitude = models.FloatField(_("longitude"), null=True, editable=False)
    damaged = models.BooleanField(_("damaged"), db_default=False, editable=False)
    facts_version = models.PositiveSmallIntegerField(db_default=0, editable=False)
    perceptual_hash = models.BigIntegerField(null=True, editable=False)
    detail_hash = models.BinaryField(max_length=32, null=True, editable=False)
    previews_sha256 = models.BinaryField(max_length=32, null=True, editable=False)

    external_id = models.CharField(_("external ID"), max_length=200, blank=True, db_default="")
    # No foreign key: the deletion of an import would have to change the rows of all its pictures.
    import_id = models.UUIDField(null=True, editable=False)
    metadata = models.JSONField(
        _("metadata"), default=dict, blank=True, db_default=models.Value({}, models.JSONField())
    )

    # The approved tags, written by triggers of the database. The names are sorted, in English and
    # Chinese, one on each line.
    tag_ids = ArrayField(models.IntegerField(), db_default=[], editable=False)
    tag_names = models.TextField(db_default="", editable=False)

    # The state after the last decision, written by a trigger of the database.
    moderation = models.CharField(
        _("moderation"),
        max_length=7,
        choices=Moderation,
        default=Moderation.VISIBLE,
        db_default=Moderation.VISIBLE,
        editable=False,
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
        permissions = [
            ("moderate_images", "Can moderate pictures"),
            ("upload_unchecked", "Can upload pictures that others see before the rules apply"),
        ]
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
            models.CheckConstraint(
                condition=Q(moderation__in=Moderation.values), name="image_moderation_is_known"
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
                fields=["import_id", "id"],
                name="image_import",
                condition=Q(import_id__isnull=False),
            ),
            models.Index(
                fields=["latitude", "longitude"],
                name="image_place",
                condition=Q(latitude__isnull=False),
            ),
            GinIndex(fields=["metadata"], name="image_metadata", opclasses=["jsonb_path_ops"]),
            GinIndex(fields=["tag_ids"], name="image_tags"),
            models.Index(
                fields=["state", "next_attempt_at"],
                name="image_due",
                condition=Q(state__in=[State.STORED, State.DERIVED]),
            ),
            models.Index(
                models.ExpressionWrapper(Q(attempts__gt=0), models.BooleanField()),
                Coalesce("owner_id", 0),
                "next_attempt_at",
                name="image_turn",
                condition=Q(state=State.STORED),
            ),
            # For lists of hashes, while uploads wait. A b-tree would be three times as large.
            HashIndex(fields=["sha256"], name="image_sha256"),
            models.Index(
                fields=["sha256"],
                name="image_suspect",
                condition=Q(error_code__in=SUSPECT_CODES),
            ),
            models.Index(
                fields=["moderation", "id"],
                name="image_moderation",
                condition=~Q(moderation=Moderation.VISIBLE),
            ),
            models.Index(
                fields=["sha256"],
                name="image_blocked",
                condition=Q(moderation=Moderation.BLOCKED),
            ),
            models.Index(
                fields=["id"],
                name="image_facts_due",
                condition=Q(state__in=[State.DERIVED, State.READY], facts_version__lt=2),
            ),
            models.Index(
                fields=["id"],
                name="image_hash_due",
                condition=Q(state__in=[State.DERIVED, State.READY], perceptual_hash__isnull=True),
            ),
            # Without the wide rows of the table, a comparison of all hashes is quick.
            models.Index(
                fields=["owner", "perceptual_hash", "id"],
                name="image_hash",
                condition=Q(perceptual_hash__isnull=False),
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
        is_own = self.owner_id == user.pk and self.moderation != Moderation.BLOCKED
        return bool(getattr(user, "is_superuser", False)) or is_own

    @property
    def error(self) -> dict[str, Any] | None:
        if not self.error_code:
            return None
        return {"code": self.error_code, "message": self.error_message}
