"""How long API tokens may work, how many a person may have, and when expired ones are deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django.db.models import QuerySet
from django.utils import timezone
from knox.models import get_token_model

from gallery.core.errors import InvalidInput, TooManyTokens
from gallery.models import User

MAX_LIFETIME = timedelta(days=36_500)
MAX_TOKENS = 100
# An expired token stays in the list for a while, because its program has stopped working.
_KEEP_EXPIRED = timedelta(days=30)
# The two days after it do not exist in every time zone.
_LAST_DAY = datetime(9999, 12, 30, tzinfo=UTC)


def check_expiry(expiry: datetime | None) -> None:
    """Raises ``InvalidInput`` if a token that is created now would work for too long."""
    if expiry is not None and expiry > timezone.now() + MAX_LIFETIME:
        message = f"A token works for at most {MAX_LIFETIME.days} days, or for ever."
        raise InvalidInput(message, field="expires_at")


def make_room(user: User) -> None:
    """Delete expired tokens of a person who has many. Raises ``TooManyTokens`` if no room is left.

    The person's row must be locked, so that two new tokens at the same time do not exceed the
    limit.
    """
    rows = get_token_model().objects.filter(user=cast(Any, user))
    if rows.count() < MAX_TOKENS:
        return
    _expired(rows, timezone.now()).delete()
    if rows.count() >= MAX_TOKENS:
        raise TooManyTokens(f"An account has at most {MAX_TOKENS} tokens.", limit=MAX_TOKENS)


def delete_expired() -> None:
    """Delete the tokens that expired some time ago. Called by the clock."""
    _expired(get_token_model().objects.all(), timezone.now() - _KEEP_EXPIRED).delete()


def in_every_time_zone(expiry: datetime) -> datetime:
    """For display: tokens from before ``MAX_LIFETIME`` may expire on the last day of the year 9999,
    which overflows in time zones east of UTC.
    """
    return min(expiry, _LAST_DAY)


def _expired(rows: QuerySet[Any], moment: datetime) -> QuerySet[Any]:
    return rows.filter(expiry__lte=moment)
