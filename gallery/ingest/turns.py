"""Decides which picture is decoded next, so that slow pictures of one owner delay nobody else.

The database is the truth, so the rules hold for all processes on all hosts together:

- An owner has at most ``decoders_per_owner`` pictures in the decoders at a time.
- A picture that was tried before is a suspect. One suspect is decoded at a time, in the whole site.
- The owner with the fewest pictures in the decoders comes first, then pictures that were never
  tried, then the longest due. Between owners of suspects, chance decides.
"""

from __future__ import annotations

import time
import uuid

from django.db import connection, transaction
from django.db.models import Max

from gallery.core.config import config
from gallery.models import SUSPECT_CODES, Image, State
from gallery.models.locks import Lock

# A claim takes some milliseconds. Beyond this wait, its process is frozen.
_PATIENCE_SECONDS = 1.0

_DUE = """
    state = 'stored' AND (attempts > 0) = turns.suspect
    AND coalesce(owner_id, 0) = turns.owner AND attempts < %(attempts)s
    AND next_attempt_at <= statement_timestamp()
    AND (lease_until IS NULL OR lease_until < statement_timestamp())
"""
# ``turns`` jumps from owner to owner in the index ``image_turn`` and reads no other rows.
# Between two attempts no suspect of an owner is in a decoder, so nothing tells whose suspect was
# tried last. By the time due, all suspects of one owner could come before one of another owner.
_NEXT = f"""
    WITH RECURSIVE turns AS (
        (SELECT (attempts > 0) AS suspect, coalesce(owner_id, 0) AS owner
         FROM gallery_image WHERE state = 'stored' ORDER BY 1, 2 LIMIT 1)
        UNION ALL
        SELECT following.* FROM turns CROSS JOIN LATERAL (
            SELECT (attempts > 0) AS suspect, coalesce(owner_id, 0) AS owner FROM gallery_image
            WHERE state = 'stored'
            AND ((attempts > 0), coalesce(owner_id, 0)) > (turns.suspect, turns.owner)
            ORDER BY 1, 2 LIMIT 1
        ) following
    ), held AS MATERIALIZED (
        SELECT attempts > 1 AS suspect, coalesce(owner_id, 0) AS owner FROM gallery_image
        WHERE state = 'stored' AND (attempts > 0) AND lease_until >= statement_timestamp()
    )
    SELECT coalesce(hinted.id, first.id)
    FROM turns
    CROSS JOIN LATERAL (
        SELECT id, next_attempt_at FROM gallery_image WHERE {_DUE}
        ORDER BY next_attempt_at LIMIT 1
    ) first
    LEFT JOIN LATERAL (
        SELECT id FROM gallery_image WHERE id = %(hinted)s AND {_DUE}
    ) hinted ON true
    CROSS JOIN LATERAL (SELECT count(*) AS pictures FROM held WHERE held.owner = turns.owner) busy
    WHERE busy.pictures < %(per_owner)s
    AND NOT (turns.suspect AND EXISTS (SELECT FROM held WHERE held.suspect))
    ORDER BY busy.pictures, turns.suspect, CASE WHEN turns.suspect THEN random() END,
        first.next_attempt_at
    LIMIT 1
"""  # noqa: S608 - no part of it comes from outside


def most_attempts() -> int:
    """Two at least, because the first attempt has little time."""
    return max(2, config().max_attempts)


def attempts_of(sha256: str) -> int:
    """With which attempts an upload starts: those of a suspect with the same content, whoever
    uploaded it, so that it is a suspect too. One attempt at least is left."""
    suspects = Image.objects.filter(sha256=sha256, error_code__in=SUSPECT_CODES)
    attempts = suspects.aggregate(most=Max("attempts"))["most"] or 0
    return int(min(attempts, most_attempts() - 1))


def claim(hinted: str | uuid.UUID | None = None) -> Image | None:
    """Lease the picture whose turn it is; None if no picture may be decoded now.

    ``hinted`` is preferred to other pictures of its owner, but not to other owners. The lease is
    shorter than a decoding may be: the caller extends it (``jobs.leases``).
    """
    limits = config()
    values = {
        "hinted": hinted,
        "attempts": most_attempts(),
        "per_owner": limits.decoders_per_owner,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        _wait_for_other_claims()
        cursor.execute(_NEXT, values)
        row = cursor.fetchone()
        if row is None:
            return None
        next_one = Image.objects.awaiting(State.STORED).filter(pk=row[0])
        claimed = next_one.claim(1, limits.lease_seconds)
    return claimed[0] if claimed else None


def _wait_for_other_claims() -> None:
    """Two claims at the same time could exceed the limits by one picture.

    If a frozen process holds the lock, that is better than to wait for it.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [Lock.CLAIM_PICTURE])
            if cursor.fetchone() == (True,):
                return
            time.sleep(0.005)
