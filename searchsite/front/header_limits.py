"""What a header may have, beyond gunicorn's limits: 100 fields, and 8,190 bytes in each of them."""

from __future__ import annotations

from gunicorn.asgi.parser import InvalidHeader, LimitRequestHeaders

# Browsers send a cookie of at most 8 KB to this server, because one field has no more, and a few
# hundred bytes in other fields; proxies add addresses and tokens.
TOTAL = 32 << 10
# Python converts no more than 4,300 digits into a number, and no body is that long.
_LENGTH_DIGITS = 18


class HeaderLimits:
    """Counts the fields of a header while it arrives."""

    def __init__(self) -> None:
        self._size = 0

    def start(self) -> None:
        """The next header begins."""
        self._size = 0

    def add(self, name: bytes, value: bytes) -> None:
        """Raises gunicorn's errors, to which it answers 431 and 400."""
        self._size += len(name) + len(value)
        if self._size > TOTAL:
            raise LimitRequestHeaders("The request header is too large.")
        if name == b"content-length" and len(value) > _LENGTH_DIGITS:
            raise InvalidHeader("The Content-Length header has too many digits.")
