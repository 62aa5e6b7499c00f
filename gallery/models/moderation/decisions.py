"""The history of the moderation of images, and the appeals of their owners."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gallery.models.images.image import Image
from gallery.models.moderation.states import Moderation, ModerationAction
from gallery.models.tags.vocabulary import Tag


class ModerationSource(models.TextChoices):
    RULE = "rule", _("rule")
    HASH_LIST = "hash_list", _("list of hashes")
    UPLOAD = "upload", _("upload")
    # Held until the rules are applied, and then released unless one of them acts.
    CHECK = "check", _("comparison with the rules")
    PERSON = "person", _("person")


class ModerationDecision(models.Model):
    """One row for everything that was decided; rows are added and never changed.

    A trigger sets ``Image.moderation`` to ``after`` (migration 0026), so that no image changes its
    state without a row. ``detail`` is the name that the tag, the list or the group had. ``score``
    is the cosine of a rule's tag, and ``threshold`` what it needed. ``note`` is for the owner.
    ``listed_hash`` is the ``value`` of the entry of a list, which may be deleted since.
    ``changed_list``: it added the SHA-256 of the image to the list of blocked bytes, or removed it.
    """

    MAX_NOTE = 1000  # characters

    image = models.ForeignKey(
        Image, models.CASCADE, related_name="moderation_decisions", db_index=False
    )
    source = models.CharField(_("source"), max_length=9, choices=ModerationSource)
    action = models.CharField(_("action"), max_length=7, choices=ModerationAction)
    before = models.CharField(_("before"), max_length=7, choices=Moderation)
    after = models.CharField(_("after"), max_length=7, choices=Moderation)
    tag = models.ForeignKey(Tag, models.SET_NULL, null=True, related_name="+")
    listed_hash = models.CharField(max_length=64, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    score = models.FloatField(_("similarity"), null=True)
    threshold = models.FloatField(_("threshold"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    note = models.TextField(_("note to the owner"), max_length=MAX_NOTE, blank=True)
    changed_list = models.BooleanField(default=False)
    # Both rows are of one image, and are deleted with it.
    undoes = models.OneToOneField("self", models.DO_NOTHING, null=True, related_name="+")
    created_at = models.DateTimeField(_("decided at"), db_default=Now())

    class Meta:
        verbose_name = _("decision of moderation")
        verbose_name_plural = _("moderation")
        constraints = [
            models.CheckConstraint(
                condition=Q(after__in=Moderation.values), name="moderation_state_is_known"
            ),
        ]
        indexes = [models.Index(fields=["image", "-id"], name="moderation_history")]

    def __str__(self) -> str:
        return f"{self.image_id}: {self.before} to {self.after}"


def standing(rows: Iterable[ModerationDecision]) -> list[ModerationDecision]:
    """In the same order, without the decisions that were undone and the rows that undid them."""
    rows = list(rows)
    undone = {row.undoes_id for row in rows}
    return [row for row in rows if row.undoes_id is None and row.pk not in undone]


class ModerationAppeal(models.Model):
    """What the owner of an image says about a decision, once; ``answer`` is the next decision of a
    moderator."""

    MAX_TEXT = 1000  # characters

    decision = models.OneToOneField(
        ModerationDecision, models.CASCADE, primary_key=True, related_name="appeal"
    )
    text = models.TextField(_("appeal"), max_length=MAX_TEXT)
    created_at = models.DateTimeField(_("sent at"), db_default=Now())
    answer = models.ForeignKey(
        ModerationDecision, models.SET_NULL, null=True, related_name="answered_appeals"
    )

    def __str__(self) -> str:
        return self.text
