"""The tags that people add, and which of the tags a person sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from gallery.curation.tags import limits
from gallery.models import Image, ImageTag, Tag, User
from gallery.models.tags.names import key_of, normalised
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


def add_some(names: Sequence[str], *, user: User) -> None:
    """Add normalised names that are not suggested for pictures, the first ones if the person may
    not add all of them today. One that exists by now stays as it is."""
    first = {key_of(name): name for name in reversed(names)}
    some = [first[key] for key in dict.fromkeys(map(key_of, names))][: limits.new_names_left(user)]
    # In the order of their keys: those who add the same names would wait for each other.
    Tag.objects.bulk_create(
        [
            Tag(name=name, created_by_id=user.pk, is_suggested=False)
            for name in sorted(some, key=key_of)
        ],
        ignore_conflicts=True,
    )


def keys_by_name(tags: TagQuerySet, names: Sequence[str]) -> dict[str, int]:
    """The keys of those tags that have one of the names, by the keys of their English and Chinese
    names; of two tags with one name, that of the older one."""
    rows = tags.named(*names).order_by("-pk").values_list("pk", "name_key", "name_zh_key")
    return {name_key: key for key, *name_keys in rows for name_key in name_keys if name_key}


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
