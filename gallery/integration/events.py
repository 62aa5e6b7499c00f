"""The events after a position, which a program names by a cursor."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models.functions import Now

from gallery.core.errors import BadCursor, EventsGone
from gallery.models import Event, User

KEPT = timedelta(days=30)
# A transaction may be open for a while, so events are deleted later than cursors expire.
_DELETED_AFTER = KEPT + timedelta(days=1)
# In place of a cursor: only events that happen from now on.
NOW = "now"


class Position(NamedTuple):
    """After an event; ``seconds`` say when it was given to a program."""

    transaction: int = 0
    key: int = 0
    seconds: int = 0

    def __str__(self) -> str:
        return f"{self.transaction}.{self.key}.{self.seconds}"


class Page(NamedTuple):
    events: list[Event]
    end: Position
    more: bool


def page_after(cursor: str, user: User, *, limit: int) -> Page:
    """Settled events that the person may see; an empty ``cursor`` begins with the oldest.

    Raises ``BadCursor``, and ``EventsGone`` if events after it may have been deleted.
    """
    last = end()
    if cursor == NOW:
        return Page([], last, more=False)
    start = _parsed(cursor, last) if cursor else Position()
    rows = Event.objects.visible_to(user).settled().after(start.transaction, start.key)
    events = list(rows.in_order()[: limit + 1])
    if len(events) <= limit:
        # Another transaction may have ended since ``end``, so the last event may be after it.
        return Page(events, max([last, *map(position_of, events)]), more=False)
    return Page(events[:limit], position_of(events[limit - 1]), more=True)


def delete_old() -> None:
    Event.objects.filter(created_at__lt=Now() - _DELETED_AFTER).delete()


def position_of(event: Event) -> Position:
    return Position(event.transaction, event.pk, int(event.created_at.timestamp()))


def end() -> Position:
    """Before all events that are not settled."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        (transaction,) = cursor.fetchone() or (0,)
    return Position(int(transaction), 0, int(time.time()))


def _parsed(text: str, last: Position) -> Position:
    parts = text.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        raise BadCursor("The cursor is not valid.", field="after", reason="not_valid")
    position = Position(*(int(part[:18]) for part in parts))
    # A later transaction is one of another server, from before a backup was restored.
    is_old = position.seconds < time.time() - KEPT.total_seconds()
    if is_old or position.transaction > last.transaction:
        raise EventsGone("Events after this cursor have been deleted. Read all images again.")
    return position
