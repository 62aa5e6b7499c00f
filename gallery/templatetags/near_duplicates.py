"""Which facts the review of near-duplicates shows on each picture of a group, and which once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# As exact as they are shown.
_FACTS: dict[str, Callable[[Any], object]] = {
    "dimensions": lambda picture: (picture.image.width, picture.image.height),
    "size": lambda picture: filesizeformat(picture.image.size),
    "format": lambda picture: picture.image.format,
    "bytes_per_pixel": lambda picture: round(picture.bytes_per_pixel or 0, 2),
    "damaged": lambda picture: picture.image.damaged,
    "taken": lambda picture: _minute(picture.image.taken_at),
    "camera": lambda picture: picture.image.camera,
    "uploaded": lambda picture: _minute(picture.image.created_at),
    "file_name": lambda picture: picture.image.file_name,
    "visible_to": lambda picture: (picture.image.visibility, picture.image.moderation),
    "owner": lambda picture: picture.image.owner_id,
    "tags": lambda picture: [tag.pk for tag in picture.tags],
}


@register.filter
def differing(pictures: Sequence[Any]) -> set[str]:
    """The names of the facts that are not the same for all pictures."""
    return {
        name
        for name, value in _FACTS.items()
        if any(value(picture) != value(pictures[0]) for picture in pictures)
    }


@register.filter
def shared(pictures: Sequence[Any]) -> set[str]:
    return _FACTS.keys() - differing(pictures)


@register.filter
def breakable(file_name: str) -> SafeString:
    """Lines of a narrow card end between the parts of the name."""
    parts = re.split(r"(?<=[_.-])", file_name)
    return format_html_join(mark_safe("<wbr>"), "{}", ((part,) for part in parts))


def _minute(time: datetime | None) -> datetime | None:
    return time and time.replace(second=0, microsecond=0)
