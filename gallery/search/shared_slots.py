"""Values of many visitors in the cache: a fixed number of slots, of which each visitor has a share.

The slots of different visitors may overlap. A new value replaces the one in its slot, so nobody can
fill the cache, or evict more of what others keep than a share. The key of a value names its slot,
and cannot be guessed. A value whose slot was used again has expired.
"""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils.crypto import salted_hmac

# Digits of the slot at the beginning of a key.
_DIGITS = 4
# Counts the values of all visitors of this process, so a visitor's next value usually gets another
# slot of their share.
_turns = itertools.count()


@dataclass(frozen=True)
class SharedSlots:
    """``name`` contains the version of the format of its values."""

    name: str
    slots: int
    share: int
    seconds: int

    def new_key(self, visitor: str) -> str:
        # Hashed with the secret key, so that nobody can find visitors with the same slots.
        first = int.from_bytes(salted_hmac(self.name, visitor).digest()[:8])
        slot = (first + next(_turns) % self.share) % self.slots
        return f"{slot:0{_DIGITS}x}{secrets.token_urlsafe(12)}"

    def put(self, key: str, value: Any) -> None:
        """Raises ``RedisError`` or ``OSError`` if the cache does not answer, or is full."""
        if slot := self._slot(key):
            cache.set(slot, (key, value), self.seconds)

    def get(self, key: str) -> Any:
        """The value, which is then kept as long again; None if it has expired.

        Raises ``RedisError`` or ``OSError`` if the cache does not answer.
        """
        slot = self._slot(key)
        entry = cache.get(slot) if slot else None
        if not isinstance(entry, tuple) or entry[0] != key:
            return None
        cache.touch(slot, self.seconds)
        return entry[1]

    def remove(self, key: str) -> None:
        """Raises ``RedisError`` or ``OSError`` if the cache does not answer."""
        if self.get(key) is not None:
            cache.delete(self._slot(key))

    def _slot(self, key: str) -> str | None:
        try:
            number = int(key[:_DIGITS], 16)
        except ValueError:
            return None
        return f"{self.name}:{number}" if 0 <= number < self.slots else None
