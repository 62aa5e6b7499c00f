"""The names of cameras of the images that a person may see, at most a minute old."""

from __future__ import annotations

import threading

from cachetools import TTLCache
from django.core.exceptions import EmptyResultSet
from django.db import connection

from gallery.models import Image, User
from gallery.models.condition import condition_of

_MOST = 1000
_SECONDS = 60
_stored: TTLCache[int | None, str] = TTLCache(1000, _SECONDS)
_lock = threading.Lock()


def camera_names(user: User) -> str:
    """One name per line, the first 1,000. One statement, and none within a minute of the last."""
    with _lock:
        if (known := _stored.get(user.pk)) is not None:
            return known
    names = _read(user)
    with _lock:
        _stored[user.pk] = names
    return names


def forget() -> None:
    """Read the names again at the next sentence of this process."""
    with _lock:
        _stored.clear()


def _read(user: User) -> str:
    try:
        visible = condition_of(Image.objects.visible_to(user))
    except EmptyResultSet:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT.format(visible=visible.sql), [*visible.values * 2, _MOST])
        return "\n".join(name for (name,) in cursor.fetchall())


# DISTINCT would read all rows. This reads one entry of the index for each name.
_STATEMENT = """
    WITH RECURSIVE names AS (
        (SELECT camera FROM gallery_image WHERE camera > '' AND {visible} ORDER BY camera LIMIT 1)
        UNION ALL
        SELECT (
            SELECT gallery_image.camera FROM gallery_image
            WHERE gallery_image.camera > names.camera AND {visible}
            ORDER BY gallery_image.camera LIMIT 1
        ) FROM names WHERE names.camera IS NOT NULL
    )
    SELECT camera FROM names WHERE camera IS NOT NULL LIMIT %s
"""
