"""The titles of the images that meet conditions."""

from __future__ import annotations

from typing import Any

from gallery.models import Image, User
from gallery.search.filters import ImageFilter, matching


def titles(user: User, **conditions: Any) -> set[str]:
    images = matching(Image.objects.all(), ImageFilter(**conditions), user=user)
    return set(images.values_list("title", flat=True))
