"""What happens without a person: rules of tags, lists of hashes, and uploads that wait."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from gallery.models.moderation.states import (
    AUTOMATIC_ACTIONS,
    AUTOMATIC_CHOICES,
    ModerationAction,
)
from gallery.models.tags.vocabulary import Tag

_IS_AUTOMATIC = Q(action__in=[action.value for action in AUTOMATIC_ACTIONS])


class LeastMatch(models.TextChoices):
    """How well the tag must fit, in the words of suggestions (docs/tags.md)."""

    POSSIBLE = "possible", _("possible match")
    GOOD = "good", _("good match")
    STRONG = "strong", _("strong match")


class ModerationRule(models.Model):
    """What happens to images that a tag fits.

    ``threshold`` is the least cosine, set by a person; null: that of ``least_match``. A tag with a
    rule is compared with images even if it is not suggested.
    """

    tag = models.OneToOneField(
        Tag, models.CASCADE, related_name="moderation_rule", verbose_name=_("tag")
    )
    action = models.CharField(
        _("action"), max_length=7, choices=AUTOMATIC_CHOICES, default=ModerationAction.HOLD
    )
    least_match = models.CharField(
        _("from"), max_length=8, choices=LeastMatch, default=LeastMatch.GOOD
    )
    threshold = models.FloatField(
        _("threshold"),
        null=True,
        blank=True,
        validators=[MinValueValidator(-1.0), MaxValueValidator(1.0)],
    )
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("moderation rule")
        verbose_name_plural = _("moderation rules")
        constraints = [
            models.CheckConstraint(condition=_IS_AUTOMATIC, name="moderation_rule_is_automatic"),
        ]

    def __str__(self) -> str:
        return str(self.tag)


MAX_RADIUS = 16  # bits of 64; two pictures without any likeness differ in about 32


class HashListEntryQuerySet(models.QuerySet["HashListEntry"]):
    def near(self, perceptual_hash: int) -> Self:
        """Entries from whose perceptual hash this one differs in at most their radius."""
        differing = Func(
            F("perceptual_hash"),
            perceptual_hash,
            template="bit_count((%(expressions)s)::bit(64))",
            arg_joiner=" # ",
            output_field=models.BigIntegerField(),
        )
        listed = self.filter(perceptual_hash__isnull=False)
        return listed.filter(LessThanOrEqual(differing, F("radius")))

    def of_bytes(self, sha256: str) -> Self:
        return self.filter(value=sha256)


class HashListEntry(models.Model):
    """``value`` has the 64 hexadecimal digits of the SHA-256 of a file, or the 16 of the perceptual
    hash of a picture, which is also the number ``perceptual_hash``."""

    value = models.CharField(_("hash"), max_length=64, unique=True)
    perceptual_hash = models.BigIntegerField(null=True, editable=False)
    radius = models.PositiveSmallIntegerField(
        _("radius"),
        default=0,
        validators=[MaxValueValidator(MAX_RADIUS)],
    )
    action = models.CharField(
        _("action"), max_length=7, choices=AUTOMATIC_CHOICES, default=ModerationAction.BLOCK
    )
    list_name = models.CharField(_("list"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)

    objects = HashListEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("hash of a picture")
        verbose_name_plural = _("hashes of pictures")
        constraints = [
            models.CheckConstraint(condition=_IS_AUTOMATIC, name="hash_list_entry_is_automatic"),
        ]

    def __str__(self) -> str:
        return self.value


class UploadReview(models.Model):
    """Whether uploads of the members of a group are held until they are reviewed."""

    group = models.OneToOneField(
        Group, models.CASCADE, primary_key=True, related_name="upload_review"
    )
    holds_uploads = models.BooleanField(_("hold uploads until they are reviewed"), default=False)

    class Meta:
        verbose_name = _("review of uploads")
        verbose_name_plural = _("reviews of uploads")

    def __str__(self) -> str:
        return str(self.group)

    @classmethod
    def group_that_holds(cls, user: Any) -> Group | None:
        """A group of the person whose uploads are held."""
        return Group.objects.filter(user=user.pk, upload_review__holds_uploads=True).first()
