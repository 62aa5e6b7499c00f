"""Hostile files by their numbers: the same number is always the same file."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.hostile.byte_damage import BYTE_DAMAGE
from tests.hostile.container_damage import CONTAINER_DAMAGE
from tests.hostile.planted import PLANTED
from tests.hostile.seeds import seeds

# Of the files; the others are damaged in a way that knows nothing of the format.
_CONTAINER_SHARE, _PLANTED_SHARE = 0.35, 0.2


@dataclass(frozen=True)
class HostileFile:
    """``kind`` is the name of the damage, ``format`` that of the picture; empty for planted ones.

    Planted files choose their format themselves.
    """

    number: int
    kind: str
    format: str
    data: bytes


def hostile_file(number: int) -> HostileFile:
    """All formats and kinds occur among any few hundred numbers in a row."""
    random = Random(f"hostile {number}")
    share = random.random()
    if share < _PLANTED_SHARE:
        plant = PLANTED[number % len(PLANTED)]
        return HostileFile(number, plant.__name__, "", plant(random))
    format = sorted(seeds())[number % len(seeds())]
    damage = random.choice(BYTE_DAMAGE)
    if share < _PLANTED_SHARE + _CONTAINER_SHARE:
        damage = CONTAINER_DAMAGE[format]
    # Unequal bytes for equal pictures, so that no file is another one's duplicate.
    return HostileFile(
        number, damage.__name__, format, damage(random.choice(seeds()[format]), random)
    )
