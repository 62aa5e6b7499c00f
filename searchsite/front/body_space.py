"""The space that request bodies take in the temporary folder, and the share of one client."""

from __future__ import annotations

from collections import Counter

# Django writes the files of a form to the temporary folder a second time.
_COPIES = 2
# The page for uploads sends three pictures at a time. With the space of docker-compose.yml and the
# largest pictures, they need this share.
_SHARE_OF_A_CLIENT = 2 / 3


class BodyError(Exception):
    """The body was not received; ``reason`` is one of those of ``gallery.core.body_limits``, or
    ``disconnected``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BodySpace:
    """The bytes that all bodies of this process may take on the disk.

    A body that a client announces counts for its share; the bytes that have arrived count for the
    space of all. So a client that announces much and sends nothing takes no space from others.
    Only the event loop calls the methods, so there is no lock.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._used = 0
        self._announced: Counter[str] = Counter()

    def announce(self, client: str, size: int) -> None:
        """Raises ``BodyError`` if there is no space now. The only body of a client may be larger
        than its share.
        """
        announced = self._announced.get(client, 0)
        if announced and (announced + size) * _COPIES > self._limit * _SHARE_OF_A_CLIENT:
            raise BodyError("too_many_bodies")
        if self._used + size * _COPIES > self._limit:
            raise BodyError("full")
        self._announced[client] += size

    def withdraw(self, client: str, size: int) -> None:
        self._announced[client] -= size
        if not self._announced[client]:
            del self._announced[client]

    def take(self, size: int) -> None:
        """Raises ``BodyError``."""
        if self._used + size * _COPIES > self._limit:
            raise BodyError("full")
        self._used += size * _COPIES

    def give_back(self, size: int) -> None:
        self._used -= size * _COPIES
