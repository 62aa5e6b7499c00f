"""Records views and searches of people who agreed to it."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection, transaction

from gallery.embeddings.encode import normalised
from gallery.models import User
from gallery.recommendations.activity.changes import note_change

# Searches while typing: "re", "red", "red bo", "red boat".
_REFINED_WITHIN = "1 minute"


def record_view(user: User, image_id: uuid.UUID) -> None:
    """The person has opened the picture. Does nothing without consent."""
    if user.is_authenticated:
        _insert(_VIEW, [user.pk, image_id], user)


def record_search(user: User, text: str) -> None:
    """The person has searched for ``text``. Does nothing without consent.

    It replaces a search of the last minute that begins with the same text, or whose text it
    begins with.
    """
    text = normalised(text)
    if user.is_authenticated and text:
        _insert(_SEARCH, [user.pk, _REFINED_WITHIN, text, text, text, text], user)


@transaction.atomic
def _insert(statement: str, values: list[Any], user: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        if not cursor.rowcount:
            return
    note_change(user)


# The row of the consent is locked, so that nothing is recorded after it is erased. A picture may be
# deleted at the same time.
_VIEW = """
WITH consent AS (
    SELECT user_id FROM gallery_activityconsent WHERE user_id = %s FOR KEY SHARE
), image AS (
    SELECT id FROM gallery_image WHERE id = %s FOR KEY SHARE
)
INSERT INTO gallery_activityevent (user_id, kind, image_id, text)
SELECT user_id, 'view', id, '' FROM consent, image
ON CONFLICT (user_id, image_id) WHERE kind = 'view' DO UPDATE SET at = now()
"""
_SEARCH = """
WITH consent AS (
    SELECT user_id FROM gallery_activityconsent WHERE user_id = %s FOR KEY SHARE
), refined AS (
    DELETE FROM gallery_activityevent e USING consent
    WHERE e.user_id = consent.user_id AND kind = 'search' AND at > now() - %s::interval
        AND (starts_with(text, %s) OR starts_with(%s, text)) AND text <> %s
)
INSERT INTO gallery_activityevent (user_id, kind, text)
SELECT user_id, 'search', %s FROM consent
ON CONFLICT (user_id, md5(text)) WHERE kind = 'search' DO UPDATE SET at = now()
"""
