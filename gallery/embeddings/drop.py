"""Give a space up: its index, its vectors and its row, in steps that searches do not notice."""

from __future__ import annotations

import logging

from django.db import connection, transaction
from django.utils.translation import gettext

from gallery.core.dispatch import Stage, hint
from gallery.embeddings import trouble
from gallery.embeddings.switch import NotNow
from gallery.models import EmbeddingSpace, Fill, FillJob
from gallery.vectorindex import build

log = logging.getLogger(__name__)

# A fifth of a second or so each; PostgreSQL's own deletion, no rows travel.
_ROWS = 5000
# One number for "somebody is dropping" among this database's advisory locks.
_DROPPING = 0x5EA7D0


@transaction.atomic
def drop(space: EmbeddingSpace) -> None:
    """Mark the space; from here on it cannot come back. Raises ``NotNow`` for the active one."""
    rows = EmbeddingSpace.objects.filter(pk=space.pk, active=False)
    if not rows.update(fill=Fill.DROPPING, activated_at=None, **trouble.NOTHING):
        sentence = gettext("The space of %(space)s answers searches: choose another encoder first.")
        raise NotNow(sentence % {"space": space})
    hint(Stage.KEEP_INDEX)


def finish() -> int:
    """Remove what is marked; how many spaces went. Killed in between, it goes on where it was;
    callers that come together wait for one another.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_DROPPING])
        try:
            return sum(map(_remove, EmbeddingSpace.objects.filter(fill=Fill.DROPPING)))
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_DROPPING])


def _remove(space: EmbeddingSpace) -> int:
    build.drop(space)
    while _delete_some(space):
        pass
    FillJob.objects.filter(space=space).delete()
    space.delete()
    log.info("embedding space of %s dropped", space)
    return 1


def _delete_some(space: EmbeddingSpace) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM gallery_embedding WHERE space_id = %s AND ctid = ANY (ARRAY("
            "SELECT ctid FROM gallery_embedding WHERE space_id = %s LIMIT %s))",
            [space.pk, space.pk, _ROWS],
        )
        return int(cursor.rowcount)
