"""Arrange things in a scene: positions, sizes, rotation and backdrop."""

import random
from collections.abc import Sequence

from tools.scenes.backdrops import Backdrop
from tools.scenes.colours import COLOURS
from tools.scenes.scene import Placement, Relation, Scene
from tools.scenes.settings import BY_KEY, SETTINGS

ASPECTS = (1.0, 1.0, 1.0, 4 / 3, 3 / 2, 16 / 9, 3 / 4, 2 / 3)
SETTING_SHARE = 0.4
# The largest share of the shorter side that each thing may take, by the number of things.
LARGEST = {1: 0.90, 2: 0.52, 3: 0.40, 4: 0.34}
SMALLEST = 0.25
COUNTED_AT_MOST = 4


def any_backdrop(rng: random.Random) -> Backdrop:
    if rng.random() < SETTING_SHARE:
        return Backdrop(setting=rng.choice(SETTINGS).key)
    return Backdrop(colour=rng.randrange(len(COLOURS)))


def _sizes(rng: random.Random, count: int, aspect: float, small: bool) -> float:
    longer = max(aspect, 1 / aspect)
    largest = min(0.9, LARGEST[count] * (longer**0.7 if count > 1 else 1.0))
    if small:
        largest = max(SMALLEST + 0.05, largest * 0.75)
    return rng.uniform(SMALLEST, largest)


def _spots(rng: random.Random, count: int, wide: bool) -> list[tuple[float, float]]:
    """Centres (x, y) in 0..1 that are spread along the longer side or on a loose grid."""
    if count == 1:
        return [(rng.uniform(0, 1), rng.uniform(0, 1))]
    if count == COUNTED_AT_MOST and rng.random() < 0.5:
        corners = [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)]
        return [(x + rng.uniform(-0.06, 0.06), y + rng.uniform(-0.06, 0.06)) for x, y in corners]
    level = rng.uniform(0.2, 0.8)
    steps = [(i + 0.5) / count + rng.uniform(-0.12, 0.12) / count for i in range(count)]
    return [(step, min(1.0, max(0.0, level + rng.uniform(-0.25, 0.25)))) for step in steps]


def _placement(
    rng: random.Random, thing: int, spot: tuple[float, float], size: float, frame: "Frame"
) -> Placement:
    half_x, half_y = size * frame.unit_x / 2, size * frame.unit_y / 2
    x = half_x + spot[0] * max(0.0, 1 - 2 * half_x)
    y = half_y + spot[1] * max(0.0, 1 - 2 * half_y)
    standing = frame.horizon is not None and rng.random() < 0.8
    if standing and frame.horizon is not None:
        foot = rng.uniform(min(0.92, frame.horizon + 0.06), 0.97)
        y = max(half_y * 0.9, foot - half_y)
    turn = 0.0 if standing or rng.random() < 0.4 else rng.uniform(-18, 18)
    # Nothing is mirrored: mirrored letters and flags would be wrong.
    return Placement(thing, x, y, size, turn, False, standing and rng.random() < 0.6)


class Frame:
    """The proportions of the picture, and the height of the ground that things stand on."""

    def __init__(self, aspect: float, backdrop: Backdrop) -> None:
        self.unit_x, self.unit_y = min(1.0, 1 / aspect), min(1.0, aspect)
        self.horizon: float | None = None
        if backdrop.setting is not None and BY_KEY[backdrop.setting].ground != "air":
            self.horizon = BY_KEY[backdrop.setting].horizon


def arrange(
    rng: random.Random, things: Sequence[int], relation: Relation, backdrop: Backdrop
) -> Scene:
    """`things` has one thing repeated (relation "count"), or up to four different things."""
    count = len(things)
    aspect = rng.choice(ASPECTS)
    if relation == "above":
        aspect = min(aspect, 1.0)
        backdrop = backdrop if backdrop.setting is None else Backdrop(setting="sky")
    frame = Frame(aspect, backdrop)
    size = _sizes(rng, count, aspect, backdrop.setting is not None)
    spots = _spots(rng, count, aspect > 1)
    if relation == "above":
        spots = [
            (rng.uniform(0.3, 0.7), 0.05 + rng.uniform(0, 0.1)),
            (rng.uniform(0.3, 0.7), 0.95 - rng.uniform(0, 0.1)),
        ]
    placements = [
        _placement(rng, thing, spot, size * rng.uniform(0.9, 1.1), frame)
        for thing, spot in zip(things, spots, strict=True)
    ]
    return Scene(
        things=tuple(dict.fromkeys(things)),
        count=count if relation == "count" else 1,
        relation=relation,
        backdrop=backdrop,
        aspect=aspect,
        placements=tuple(placements),
        seed=rng.getrandbits(32),
    )
