"""When a server says that it may be asked again (RFC 9110, 10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def of(header: str) -> dict[str, int]:
    """``{"retry_after": seconds}``; empty if the header is missing or not understood."""
    text = header.strip()
    if text.isascii() and text.isdecimal():
        return {"retry_after": int(text[:9])}
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return {}
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return {"retry_after": max(0, round((moment - datetime.now(UTC)).total_seconds()))}
