"""Which images have tags with certain names."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from gallery.models import Tag
from gallery.models.tags.names import key_of


def tagged(names: Collection[str]) -> Q:
    """Images that have, for each name, an approved tag with this name in English or Chinese.

    Upper and lower case do not count. No image has a tag with an unknown name. The keys of the tags
    are read first, so that PostgreSQL can estimate how many images have them.
    """
    met = Q()
    for keys in _keys(names) if names else ():
        met &= Q(tag_ids__overlap=keys) if keys else Q(pk__in=[])
    return met


def _keys(names: Collection[str]) -> list[list[int]]:
    """For each name: one tag, none, or two if a name in English is another tag's in Chinese."""
    rows = list(Tag.objects.named(*names).values_list("pk", "name_key", "name_zh_key"))
    return [[pk for pk, *keys in rows if key and key in keys] for key in map(key_of, names)]
