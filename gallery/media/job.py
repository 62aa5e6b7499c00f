"""What the parent asks of the decoding child. Standard library only: both sides import it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True)
class Job:
    """One picture and the limits it is decoded under.

    ``source`` is a path, or empty for standard input. ``sizes`` (name to longest side) are files
    to write into ``folder``; without sizes it is a query: pixels of at most ``longest`` are
    printed after the answer. ``seconds`` bound both CPU and wall time, ``memory`` is the address
    space in bytes.
    """

    format: str
    longest: int
    max_pixels: int
    seconds: int
    memory: int
    source: str = ""
    folder: str = ""
    sizes: dict[str, int] | None = None

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Job:
        return cls(**json.loads(text))
