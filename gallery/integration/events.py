"""The events after a position, which a program names by a cursor."""

from __future__ import annotations

import re
import secrets
import time
from datetime import timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models.functions import Now

from gallery.core.errors import BadCursor, EventsGone
from gallery.models import Event, EventHistory, User

KEPT = timedelta(days=30)
# A transaction may be open for a while, so events are deleted later than cursors expire.
_DELETED_AFTER = KEPT + timedelta(days=1)
# In place of a cursor: only events that happen from now on.
NOW = "now"
_CURSOR = re.compile(r"([0-9a-f]{16})\.([0-9]{1,18})\.([0-9]{1,18})\.([0-9]{1,18})")


class Position(NamedTuple):
    """After an event; ``seconds`` say when it was given to a program."""

    transaction: int = 0
    key: int = 0
    seconds: int = 0


class Page(NamedTuple):
    events: list[Event]
    cursor: str
    more: bool


def page_after(cursor: str, user: User, *, limit: int) -> Page:
    """Settled events that the person may see; an empty ``cursor`` begins with the oldest.

    Raises ``BadCursor``, and ``EventsGone`` if events after it may have been deleted.
    """
    last = end()
    if cursor == NOW:
        return _page([], last)
    start = _parsed(cursor, last) if cursor else Position()
    rows = Event.objects.visible_to(user).settled().after(start.transaction, start.key)
    events = list(rows.in_order()[: limit + 1])
    if len(events) <= limit:
        # Another transaction may have ended since ``end``, so the last event may be after it.
        return _page(events, max([last, *map(position_of, events)]))
    return _page(events[:limit], position_of(events[limit - 1]), more=True)


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


def _page(events: list[Event], end: Position, *, more: bool = False) -> Page:
    return Page(events, f"{_history()}.{end.transaction}.{end.key}.{end.seconds}", more)


def _history() -> str:
    row, _ = EventHistory.objects.get_or_create(defaults={"name": secrets.token_hex(8)})
    name: str = row.name
    return name


def _parsed(text: str, last: Position) -> Position:
    match = _CURSOR.fullmatch(text)
    if match is None:
        raise BadCursor("The cursor is not valid.", field="after", reason="not_valid")
    history, *numbers = match.groups()
    position = Position(*map(int, numbers))
    is_old = position.seconds < time.time() - KEPT.total_seconds()
    # A copy that was made without ``restore`` has the same history, and other transactions.
    is_elsewhere = history != _history() or position.transaction > last.transaction
    if is_old or is_elsewhere:
        raise EventsGone("Events after this cursor have been deleted. Read all images again.")
    return position
