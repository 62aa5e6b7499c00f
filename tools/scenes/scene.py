"""A scene before it is painted. Positions and sizes are shares of the picture's sides."""

from dataclasses import dataclass
from typing import Literal

from tools.scenes.backdrops import Backdrop

Relation = Literal["single", "count", "beside", "above", "several"]


@dataclass(frozen=True, slots=True)
class Placement:
    """`x`, `y`: the centre in 0..1; `size`: a share of the shorter side; `turn`: in degrees."""

    thing: int
    x: float
    y: float
    size: float
    turn: float = 0.0
    flip: bool = False
    shadow: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """`things` has each kind of thing once, in reading order; `aspect` is width / height."""

    things: tuple[int, ...]
    count: int
    relation: Relation
    backdrop: Backdrop
    aspect: float
    placements: tuple[Placement, ...]
    seed: int
