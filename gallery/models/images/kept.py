"""Keeps images from being deleted while their rows are written."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import connection


def keep(keys: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Keep these images until the end of the transaction; others may change them meanwhile.
    Returns those that exist, except for images that another transaction deletes at this moment.

    Call it before rows that refer to the images are locked, because a deletion locks the images
    first too. It never waits, so a second call in a transaction causes no deadlock either.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM gallery_image WHERE id = ANY (%s::uuid[]) ORDER BY id"
            " FOR KEY SHARE SKIP LOCKED",
            [list(keys)],
        )
        return {key for (key,) in cursor.fetchall()}
