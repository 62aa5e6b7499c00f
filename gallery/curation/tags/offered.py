"""Which names a person is offered while adding a tag: the most used ones, and those that fit."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterable

from django.db.models import Count, Q

from gallery.curation.tags.vocabulary import visible_to
from gallery.models import ImageTag, Tag, User
from gallery.models.tags.names import key_of

# A list of the browser; about 12 KB of the page.
_MOST = 200
_SEARCHED = 20
# A new tag may be missing in the order so long.
_CACHE_SECONDS = 60


def most_used(user: User) -> list[Tag]:
    """At most 200: those on most pictures, then suggested ones by name."""
    used = _most_used(int(time.monotonic() // _CACHE_SECONDS))
    tags = {tag.pk: tag for tag in visible_to(user).filter(pk__in=used)}
    first = [tags[key] for key in used if key in tags]
    if len(first) == _MOST:
        return first
    others = visible_to(user).exclude(pk__in=tags).order_by("-is_suggested", "name")
    return [*first, *others[: _MOST - len(first)]]


def forget_most_used() -> None:
    """Counted again for the next list."""
    _most_used.cache_clear()


def beginning_with(text: str, user: User) -> list[Tag]:
    """Tags with a name that begins with the text, then those with a name that contains it."""
    key = key_of(text)
    if not key:
        return []
    begins = Q(name_key__startswith=key) | Q(name_zh_key__startswith=key)
    contains = Q(name_key__contains=key) | Q(name_zh_key__contains=key)
    tags = visible_to(user).order_by("name")
    return _first(tags.filter(begins)[:_SEARCHED], tags.filter(contains, ~begins)[:_SEARCHED])


def _first(*lists: Iterable[Tag]) -> list[Tag]:
    return [tag for tags in lists for tag in tags][:_SEARCHED]


@functools.lru_cache(maxsize=1)
def _most_used(period: int) -> list[int]:
    """Keys of tags, read once in each process and ``period``."""
    counts = ImageTag.objects.approved().order_by().values("tag").annotate(n=Count("pk"))
    return list(counts.order_by("-n", "tag").values_list("tag", flat=True)[:_MOST])
