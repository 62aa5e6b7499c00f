"""Counts the parts of a file, up to a limit."""

from __future__ import annotations

from gallery.core.errors import TooManyParts


class Parts:
    """``name`` is plural: "directories". Counting beyond ``limit`` raises ``TooManyParts``."""

    def __init__(self, name: str, limit: int) -> None:
        self._name, self._limit, self._count = name, limit, 0

    def add(self, number: int = 1) -> None:
        self._count += number
        if self._count > self._limit:
            raise TooManyParts(
                f"The picture has more than {self._limit:,} {self._name}.", limit=self._limit
            )
