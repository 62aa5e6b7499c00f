"""A value that is loaded when it is first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Lazy(Generic[Value]):
    """A call returns the value. The first call loads it; calls from other threads wait for it.

    If loading fails, the call raises the error and the next call tries again.
    """

    def __init__(self, load: Callable[[], Value]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._values: list[Value] = []  # empty or one value, which may be None

    def __call__(self) -> Value:
        with self._lock:
            if not self._values:
                self._values.append(self._load())
            return self._values[0]

    @property
    def is_loaded(self) -> bool:
        return bool(self._values)

    def replace(self, value: Value) -> None:
        """Return ``value`` from now on."""
        with self._lock:
            self._values = [value]
