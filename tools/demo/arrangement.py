"""Place the things of a recipe: actors in front, props behind them, sun and moon above."""

import random
from collections.abc import Sequence

from tools.demo.cast import CAST, Member
from tools.demo.recipes import Recipe
from tools.demo.titles import split_count
from tools.scenes.backdrops import Backdrop
from tools.scenes.colours import COLOURS
from tools.scenes.scene import Placement, Scene
from tools.scenes.settings import BY_KEY
from tools.scenes.sprites import Sprite

CALM = ("gradient", "vignette", "bokeh")
# The share of its height that a boat is below the water line.
DRAUGHT = 0.06
FLYING = {
    "airplane",
    "helicopter",
    "balloon",
    "kite",
    "butterfly",
    "bee",
    "eagle",
    "dove",
    "parachute",
    "flying saucer",
    "bird",
}


class Arrangement:
    """The positions and sizes of the things of one demo picture; ``scene`` returns them."""

    def __init__(self, recipe: Recipe, sprites: Sequence[Sprite], rng: random.Random) -> None:
        wide, tall = (int(part) for part in recipe.aspect.split(":"))
        self.aspect = wide / tall
        self.unit_x, self.unit_y = min(1.0, 1 / self.aspect), min(1.0, self.aspect)
        self.recipe, self.sprites, self.rng = recipe, sprites, rng
        self.indices = {sprite.thing.en: index for index, sprite in enumerate(sprites)}
        self.setting = BY_KEY.get(recipe.backdrop)
        self.side = rng.choice((-1, 1))

    def _put(
        self, member: Member, x: float, foot: float, size: float, *, shadow: bool
    ) -> Placement:
        half_x = size * self.unit_x / 2
        x = min(1 - half_x - 0.02, max(half_x + 0.02, x))
        index = self.indices[member.drawn]
        y = max(size * self.unit_y / 2 + 0.02, foot - size * self.unit_y * self.sprites[index].foot)
        return Placement(index, x, y, size, shadow=shadow)

    def _actors(self) -> list[Member]:
        members: list[Member] = []
        for actor in self.recipe.actors:
            count, member = split_count(actor)
            members += [member] * count
        return members

    def _floats(self, member: Member) -> bool:
        if self.setting is None or self.setting.ground == "air":
            return True
        return member.en in FLYING

    def _foreground(self) -> list[Placement]:
        actors = self._actors()
        many = len(actors)
        shrink = {1: 1.12, 2: 0.96, 3: 0.82}.get(many, 0.7)
        room = 0.62 if self.recipe.props else 0.8
        centre = 0.5 + (0.13 * self.side if self.recipe.props or self.recipe.sky else 0.0)
        placed = []
        for number, member in enumerate(actors):
            offset = (number - (many - 1) / 2) / max(1, many) * room
            x = centre + offset + self.rng.uniform(-0.02, 0.02)
            size = min(0.8, member.size * shrink)
            placed.append(self._actor(member, x, size))
        return placed

    def _actor(self, member: Member, x: float, size: float) -> Placement:
        half = size * self.unit_y / 2
        if self.setting is None:
            size *= 1.3
            return self._put(member, x, 0.5 + size * self.unit_y / 2, size, shadow=True)
        if self._floats(member):
            middle = 0.52 + self.rng.uniform(-0.07, 0.07)
            return self._put(member, x, middle + half, size, shadow=False)
        if self.setting.ground == "water":
            foot = self.setting.horizon + 0.16 + self.rng.uniform(0, 0.05) + DRAUGHT * size
            return self._put(member, x, foot, size, shadow=False)
        depth = 1 - self.setting.horizon
        foot = self.setting.horizon + depth * self.rng.uniform(0.55, 0.72)
        return self._put(member, x, max(foot, 0.8), size, shadow=True)

    def _background(self) -> list[Placement]:
        placed = []
        for number, name in enumerate(self.recipe.props):
            member = CAST[name]
            x = 0.5 - self.side * (0.30 - 0.2 * number) + self.rng.uniform(-0.03, 0.03)
            base = 0.9 if self.setting is None else self.setting.horizon
            foot = base + (1 - base) * (0.30 + 0.25 * number)
            placed.append(self._put(member, x, max(foot, 0.7), member.size * 0.92, shadow=True))
        return placed

    def _above(self) -> list[Placement]:
        placed = []
        for name in self.recipe.sky:
            member = CAST[name]
            size = min(member.size, 0.2 if self.recipe.props else 0.3)
            # On the side without props, or without props on the side without the actor.
            side = self.side if self.recipe.props else -self.side
            x = 0.5 + side * self.rng.uniform(0.26, 0.36)
            foot = 0.06 + size * self.unit_y + self.rng.uniform(0, 0.05)
            placed.append(self._put(member, x, foot, size, shadow=False))
        return placed

    def scene(self) -> Scene:
        backdrop = Backdrop(setting=self.recipe.backdrop)
        if self.setting is None:
            index = next(i for i, c in enumerate(COLOURS) if c.en == self.recipe.backdrop)
            backdrop = Backdrop(colour=index, texture=self.rng.choice(CALM))
        placements = [*self._above(), *self._background(), *self._foreground()]
        return Scene(
            things=tuple(dict.fromkeys(placement.thing for placement in placements)),
            count=1,
            relation="several",
            backdrop=backdrop,
            aspect=self.aspect,
            placements=tuple(placements),
            seed=self.rng.getrandbits(32),
        )
