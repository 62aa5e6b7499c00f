"""Records to which addresses this process connects, and lets through only those of the test."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Address = tuple[str, int]


@dataclass
class Connections:
    """``refused``: the connections outside of ``allowed``, none of which left the machine."""

    allowed: set[Address] = field(default_factory=set)
    refused: list[Address] = field(default_factory=list)


_active: list[Connections] = []


@contextmanager
def recorded() -> Iterator[Connections]:
    connections = Connections()
    _active.append(connections)
    try:
        yield connections
    finally:
        _active.remove(connections)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "socket.connect" or not _active or not isinstance(arguments[1], tuple):
        return
    address = (str(arguments[1][0]), int(arguments[1][1]))
    for connections in _active:
        if address not in connections.allowed:
            connections.refused.append(address)
            raise ConnectionRefusedError(f"{address} is not one of the test")


# An audit hook cannot be removed; without active recordings it does nothing.
sys.addaudithook(_hook)
