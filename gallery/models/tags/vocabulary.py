"""The vocabulary: the tags that pictures can have."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gallery.models.tags import names
from gallery.models.tags.names import key_of


class TagKind(models.TextChoices):
    """Suggestions of one kind compete: the better one fits a picture, the less do the others."""

    SUBJECT = "subject", _("what is in the picture")
    SCENE = "scene", _("where or when it was taken")


class TagQuerySet(models.QuerySet["Tag"]):
    def named(self, *names: str) -> Self:
        """The tags with one of these English or Chinese names; upper and lower case do not count.

        A name has two tags if it is the English name of one and the Chinese name of another.
        """
        keys = [key_of(name) for name in names]
        return self.filter(Q(name_key__in=keys) | Q(name_zh_key__in=keys) & ~Q(name_zh_key=""))

    def suggested(self) -> Self:
        """Tags that are suggested for pictures by their vectors."""
        return self.filter(is_suggested=True)

    def compared(self) -> Self:
        """Tags that are compared with the vectors of pictures, also if only for a rule."""
        return self.filter(Q(is_suggested=True) | Q(moderation_rule__isnull=False))


class Tag(models.Model):
    """One entry of the vocabulary.

    ``name`` is in English, or in the language of whoever added it. ``templates`` are sentences
    with ``{}`` for the name; without any, the standard template of the name's script is used.
    ``threshold`` is the least cosine of a suggestion, set by a person; null: it is measured
    (``TagScoring``). Suggestions of a tag with ``is_automatic`` are approved at once. Official tags
    are those of staff and of ready-made vocabularies; the names of the others may be private.
    """

    MAX_NAME = names.MAX_LENGTH
    MAX_SUGGESTED = 10_000  # Their vectors are compared with blocks of pictures in memory.

    id = models.AutoField(primary_key=True)  # as wide as the items of ``Image.tag_ids``
    name = models.CharField(_("name"), max_length=MAX_NAME)
    name_zh = models.CharField(_("Chinese name"), max_length=MAX_NAME, blank=True)
    name_key = names.NameKeyField(of="name")
    name_zh_key = names.NameKeyField(of="name_zh")
    kind = models.CharField(_("kind"), max_length=7, choices=TagKind, default=TagKind.SUBJECT)
    group = models.CharField(_("group"), max_length=40, blank=True)
    colour = models.CharField(
        _("colour"),
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^#[0-9a-f]{6}$", _("A colour is #rrggbb."))],
    )
    templates = ArrayField(
        models.CharField(max_length=100), verbose_name=_("templates"), default=list, blank=True
    )
    threshold = models.FloatField(
        _("threshold"),
        null=True,
        blank=True,
        validators=[MinValueValidator(-1.0), MaxValueValidator(1.0)],
    )
    is_suggested = models.BooleanField(_("suggest it for pictures"), default=True)
    is_automatic = models.BooleanField(_("approve suggestions at once"), default=False)
    is_official = models.BooleanField(_("offer it to everybody"), default=False, db_default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [
            models.UniqueConstraint(fields=["name_key"], name="one_tag_per_name_key"),
            models.UniqueConstraint(
                fields=["name_zh_key"],
                name="one_tag_per_chinese_name_key",
                condition=~Q(name_zh_key=""),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="a_tag_has_a_name"),
            models.CheckConstraint(condition=Q(kind__in=TagKind.values), name="tag_kind_is_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str | None) -> str:
        """The Chinese name for a code such as ``zh-hans``, where the tag has one."""
        return self.name_zh if (language or "").startswith("zh") and self.name_zh else self.name
