"""Notes that the interests of a person are to be computed again."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from gallery.core.dispatch import Stage, hint
from gallery.models import User


def note_change(user: User) -> None:
    """Call it in the transaction that changes the activity.

    It locks the profile until the transaction ends, so that erasing the activity waits.
    """
    note_changes([user.pk or 0])


def note_changes(user_ids: Collection[int]) -> None:
    """Like ``note_change``, for several people."""
    if not user_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO gallery_tasteprofile (user_id, changes, built_changes)"
            " SELECT id, 1, 0 FROM unnest(%s::int[]) AS u(id) ORDER BY id"
            " ON CONFLICT (user_id) DO UPDATE SET changes = gallery_tasteprofile.changes + 1",
            [sorted(user_ids)],
        )
    hint(Stage.BUILD_INTERESTS)
