"""How long views and searches are kept, and how many of each person."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from gallery.core.config import config
from gallery.recommendations.activity.changes import note_changes

# About 200 kB for each person. Interests are made of the newest few hundred.
MOST_EVENTS = 2000


@transaction.atomic
def delete_old() -> int:
    """Delete what is older than ``GALLERY_ACTIVITY_TTL``, and what is beyond the newest 2,000 of a
    person; returns how many. Likes and dislikes stay.
    """
    oldest = timezone.now() - timedelta(seconds=config().activity_seconds)
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, [MOST_EVENTS, oldest])
        owners = [user_id for (user_id,) in cursor.fetchall()]
    note_changes(set(owners))
    return len(owners)


# Events that another transaction is writing or erasing are left for the next time: to wait for them
# while holding others could be a deadlock.
_DELETE = """
WITH old AS (
    SELECT id FROM (
        SELECT id, at, row_number() OVER (PARTITION BY user_id ORDER BY at DESC, id DESC) AS place
        FROM gallery_activityevent
    ) AS e WHERE place > %s OR at < %s
), free AS (
    SELECT id FROM gallery_activityevent WHERE id IN (SELECT id FROM old) FOR UPDATE SKIP LOCKED
)
DELETE FROM gallery_activityevent WHERE id IN (SELECT id FROM free) RETURNING user_id
"""
