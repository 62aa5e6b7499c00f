"""The tags that people add, and which of the tags a person sees."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from gallery.curation.tags import limits
from gallery.models import Image, ImageTag, Tag, User
from gallery.models.tags.names import normalised
from gallery.models.tags.vocabulary import TagQuerySet


def add(name: str, *, user: User, **fields: Any) -> Tag:
    """The tag with this name in English or Chinese, which is created if there is none.

    Raises ``InvalidInput`` for an empty name, one that is too long, and control characters, and
    ``TooManyTags``.
    """
    name = normalised(name)
    if existing := Tag.objects.named(name).first():
        return existing
    limits.require_new_name(user)
    try:
        with transaction.atomic():
            return Tag.objects.create(name=name, created_by_id=user.pk, **fields)
    except IntegrityError:  # somebody else has added it at this moment
        return Tag.objects.named(name)[0]


def visible_to(user: User) -> TagQuerySet:
    """The tags for lists. A name that somebody added may say something about a private picture, so
    others see it only on pictures that they see; official and suggested ones are no secrets.
    """
    tagged = ImageTag.objects.approved().filter(
        tag=OuterRef("pk"), image__in=Image.objects.visible_to(user)
    )
    own = Q(created_by=user.pk) if user.is_authenticated else Q(pk__in=[])
    return Tag.objects.filter(Q(is_official=True) | Q(is_suggested=True) | own | Exists(tagged))


def known_to(user: User) -> TagQuerySet:
    """The tags about which the person may learn that they exist: those of ``visible_to``, and what
    is suggested, approved or rejected for pictures that they may change.
    """
    on_own = ImageTag.objects.filter(
        tag=OuterRef("pk"), image__in=Image.objects.changeable_by(user)
    )
    return visible_to(user) | Tag.objects.filter(Exists(on_own))
