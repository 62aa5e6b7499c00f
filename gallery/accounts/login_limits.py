"""Limits of attempts to log in, counted in the database (docs/decisions/0020-login-limits.md).

An attempt is counted before the password is checked, by one statement. So parallel guesses in any
number of processes never get one more check than the limit. A correct password is not counted.
"""

from __future__ import annotations

import hashlib
import math
import time
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from django.conf import settings
from django.db import connection

from gallery.core.errors import Throttled
from gallery.core.rate_limit import parse_rate
from gallery.models import LoginCounter

# In the order of the checks; a pair is a name and an address. ``DEFAULT_THROTTLE_RATES`` overrides
# them; None disables a limit.
RATES = {"login_address": "20/m", "login_pair": "10/15m", "login_name": "30/15m"}
# How long a login makes an address known for a name. The table has a row for each such pair.
_KNOWN_FOR = timedelta(days=90)
_DELETED_AT_ONCE = 100

_COUNT = """
INSERT INTO gallery_logincounter AS counter (key, attempts, ends_at) VALUES (%s, 1, %s)
ON CONFLICT (key) DO UPDATE SET attempts = counter.attempts + 1
RETURNING attempts
"""
_GIVE_BACK = """
UPDATE gallery_logincounter SET attempts = greatest(attempts - 1, 0) WHERE key = %s
"""
_REMEMBER = """
INSERT INTO gallery_logincounter AS counter (key, attempts, ends_at) VALUES (%s, 0, %s)
ON CONFLICT (key) DO UPDATE SET ends_at = excluded.ends_at
"""
_DELETE_ENDED = """
DELETE FROM gallery_logincounter WHERE key IN (
    SELECT key FROM gallery_logincounter WHERE ends_at < %s LIMIT %s FOR UPDATE SKIP LOCKED
)
"""


@dataclass(frozen=True)
class Attempt:
    """``counters`` are the keys of the rows that counted it."""

    name: str
    address: str
    counters: tuple[str, ...]


def begin(name: str, address: str) -> Attempt:
    """Count an attempt. Raises ``Throttled`` beyond a limit; then no password may be checked.

    The limit of a name does not apply to addresses from which the person has logged in before, so
    guesses from elsewhere do not lock them out.
    """
    name = unicodedata.normalize("NFKC", name)[:150].casefold()
    subjects = {"login_address": address, "login_pair": f"{name}\0{address}", "login_name": name}
    now = time.time()
    counters = []
    for limit_name in RATES:
        if limit_name == "login_name" and _is_known(name, address):
            continue
        if (rate := _rate(limit_name)) is None:
            continue
        limit, window = parse_rate(rate)
        number, elapsed = divmod(now, window)
        key = _key(limit_name, subjects[limit_name], str(int(number)))
        if _count(key, ends_at=now + window - elapsed) > limit:
            wait = max(1, math.ceil(window - elapsed))
            raise Throttled("Too many attempts to log in. Try again later.", wait=wait, login=True)
        counters.append(key)
    return Attempt(name, address, tuple(counters))


def succeed(attempt: Attempt) -> None:
    """The password was right: the attempt is not counted, and the address becomes known."""
    now = datetime.now(UTC)
    with connection.cursor() as cursor:
        for key in attempt.counters:
            cursor.execute(_GIVE_BACK, [key])
        cursor.execute(_REMEMBER, [_known_key(attempt.name, attempt.address), now + _KNOWN_FOR])
        cursor.execute(_DELETE_ENDED, [now, _DELETED_AT_ONCE])


def _count(key: str, *, ends_at: float) -> int:
    now = datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [key, datetime.fromtimestamp(ends_at, UTC)])
        (attempts,) = cursor.fetchone()
        if attempts == 1:  # A new row removes old ones, so the table does not grow for ever.
            cursor.execute(_DELETE_ENDED, [now, _DELETED_AT_ONCE])
    return int(attempts)


def _is_known(name: str, address: str) -> bool:
    key = _known_key(name, address)
    return LoginCounter.objects.filter(key=key, ends_at__gt=datetime.now(UTC)).exists()


def _known_key(name: str, address: str) -> str:
    return _key("known", f"{name}\0{address}", "")


def _key(*parts: str) -> str:
    text = "\0".join((settings.SECRET_KEY, *parts))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _rate(limit_name: str) -> str | None:
    rates = cast("dict[str, str | None]", settings.REST_FRAMEWORK.get("DEFAULT_THROTTLE_RATES", {}))
    return rates.get(limit_name, RATES[limit_name])
