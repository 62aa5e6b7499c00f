"""How many tags a picture may have, and how many new names a person may add."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from gallery.core.errors import TooManyTags
from gallery.models import Image, ImageTag, Tag, TagSource, User

# The messages name both limits. A picture gets keywords of
# its file, at most 50, and tags that are approved automatically, whatever it has.
MOST_PER_IMAGE = 200
NEW_NAMES_PER_DAY = 500


def require_room(image: Image, tag: Tag) -> None:
    """Raises ``TooManyTags`` if the image cannot get one more tag."""
    others = ImageTag.objects.approved().filter(image=image).exclude(tag=tag)
    require_room_among(others.values_list("tag_id", flat=True))


def require_room_among(others: Collection[int]) -> None:
    """The same for an image with these other tags."""
    if not has_room(others):
        message = gettext_noop("A picture may have at most 200 tags.")
        raise TooManyTags(message, limit=MOST_PER_IMAGE)


def has_room(tags: Collection[int]) -> bool:
    """Whether an image with these tags can get one more."""
    return len(tags) < MOST_PER_IMAGE


def require_new_name(user: User) -> None:
    """Raises ``TooManyTags`` if the person has added so many names that none is left today."""
    if not new_names_left(user):
        raise too_many_new_names()


def new_names_left(user: User) -> int:
    """How many names the person may add today."""
    recent = Tag.objects.filter(created_by=user.pk, created_at__gt=Now() - timedelta(days=1))
    typed = recent.filter(image_tags__source=TagSource.PERSON).distinct()
    return max(0, NEW_NAMES_PER_DAY - typed.count())


def too_many_new_names() -> TooManyTags:
    message = gettext_noop("You have added 500 new tags today. Add others tomorrow.")
    return TooManyTags(message, limit=NEW_NAMES_PER_DAY)
