"""A scene before it is painted: what is where, in shares of the picture's sides."""

from dataclasses import dataclass
from typing import Literal

from tools.scenes.backdrops import Backdrop

Relation = Literal["single", "count", "beside", "above", "several"]


@dataclass(frozen=True, slots=True)
class Placement:
    """`x`, `y` are the centre in 0..1; `size` is a share of the shorter side; `turn` in degrees."""

    thing: int
    x: float
    y: float
    size: float
    turn: float = 0.0
    flip: bool = False
    shadow: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """`things` lists each kind once, in reading order; `aspect` is width divided by height."""

    things: tuple[int, ...]
    count: int
    relation: Relation
    backdrop: Backdrop
    aspect: float
    placements: tuple[Placement, ...]
    seed: int
