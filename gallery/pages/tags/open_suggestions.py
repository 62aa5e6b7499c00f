"""The suggestions that a person may decide about."""

from __future__ import annotations

import functools
import time
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db.models import Count, QuerySet

from gallery.models import Image, ImageTag, Tag, User

# The link in the menu may appear and vanish so much later.
_CACHE_SECONDS = 60


@dataclass(frozen=True)
class OpenTag:
    tag: Tag
    count: int


def open_suggestions(user: User) -> QuerySet[ImageTag]:
    images = Image.objects.changeable_by(user)
    return ImageTag.objects.suggested().filter(image__in=images)


def open_tags(user: User) -> list[OpenTag]:
    """The tags with open suggestions, those with most of them first."""
    rows = open_suggestions(user).order_by().values("tag").annotate(n=Count("pk"))
    counts = {row["tag"]: row["n"] for row in rows}
    tags = Tag.objects.in_bulk(counts)
    existing = [OpenTag(tags[key], count) for key, count in counts.items() if key in tags]
    return sorted(existing, key=lambda each: (-each.count, each.tag.name))


def has_suggestions(user: User) -> bool:
    """Read once a minute for each person in each process, because every page asks for it."""
    if not user.is_authenticated:
        return False
    is_superuser = bool(getattr(user, "is_superuser", False))
    return _has_suggestions(user.pk, is_superuser, int(time.monotonic() // _CACHE_SECONDS))


def forget_suggestions() -> None:
    """Read again for the next page."""
    _has_suggestions.cache_clear()


@functools.lru_cache(maxsize=1000)
def _has_suggestions(user_id: int, is_superuser: bool, period: int) -> bool:
    """The user of a request would keep the request in memory, so it is not the key."""
    user = get_user_model()(pk=user_id, is_superuser=is_superuser)
    return open_suggestions(user).exists()
