"""The request that the parent sends to the decoding child.

Both processes import this module, so it uses the standard library only.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True)
class DecodeRequest:
    """One picture and the limits it is decoded under.

    ``source`` is a path; if it is empty, the child reads the picture from standard input.
    ``sizes`` maps the names of previews to their longest sides; the child writes them into
    ``folder``. Without ``sizes`` the child writes no file: it prints the pixels of the picture,
    reduced to a longest side of ``longest``, after its answer. With ``facts_only`` it reads the
    metadata and no pixels. With ``strip_to``, a path, it writes the copy without metadata there, if
    the file has one. ``places`` permits it to read the GPS position. ``seconds`` limits wall
    time, and CPU time without ``cpu_seconds``. ``memory`` is the address space in bytes.
    """

    format: str
    longest: int
    max_pixels: int
    seconds: int
    memory: int
    source: str = ""
    folder: str = ""
    sizes: dict[str, int] | None = None
    facts_only: bool = False
    places: bool = False
    strip_to: str = ""
    cpu_seconds: int | None = None

    @property
    def cpu_limit(self) -> int:
        return self.cpu_seconds or self.seconds

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> DecodeRequest:
        return cls(**json.loads(text))
