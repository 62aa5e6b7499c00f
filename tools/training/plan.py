"""Plan the scenes of a batch so that its pictures are useful to compare."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tools.scenes.backdrops import Backdrop
from tools.scenes.colours import COLOURS
from tools.scenes.everyday_names import EVERYDAY
from tools.scenes.layout import any_backdrop, arrange
from tools.scenes.scene import Relation, Scene
from tools.scenes.settings import SETTINGS
from tools.scenes.sprites import Sprite

# Shares of a batch. The main things of a batch are all different, so two pictures rarely fit the
# same caption. The exception is a family: the same thing on different backdrops, in different
# numbers or beside different things, with captions that name the difference. Families teach
# everything that the thing alone does not show.
FAMILY, FAMILY_SHARE = 4, 0.22
COMPANIONS_SHARE = 0.22
COUNT_SHARE = 0.06
EVERYDAY_COMPANIONS = 0.5


@dataclass(frozen=True, slots=True)
class Planned:
    scene: Scene
    backdrop_matters: bool = False
    things_matter: bool = False


class _Companions:
    """Chooses the things that stand beside another thing, half of them everyday things."""

    def __init__(self, sprites: Sequence[Sprite]) -> None:
        self.all = range(len(sprites))
        self.everyday = [i for i in self.all if sprites[i].thing.en in EVERYDAY]

    def pick(self, rng: random.Random, beside: Sequence[int]) -> int:
        while True:
            many = self.everyday if rng.random() < EVERYDAY_COMPANIONS else self.all
            if (thing := rng.choice(many)) not in beside:
                return thing


def _together(rng: random.Random, things: list[int], backdrop: Backdrop) -> Scene:
    relation: Relation = "several"
    if len(things) == 2:
        relation = "above" if rng.random() < 0.25 else "beside"
    return arrange(rng, things, relation, backdrop)


def _family(rng: random.Random, thing: int, companions: _Companions) -> list[Planned]:
    kind = rng.choice(("colour", "setting", "count", "companions"))
    if kind == "colour":
        colours = rng.sample(range(len(COLOURS)), FAMILY)
        scenes = [arrange(rng, [thing], "single", Backdrop(colour=c)) for c in colours]
        return [Planned(scene, backdrop_matters=True) for scene in scenes]
    if kind == "setting":
        settings = rng.sample(SETTINGS, FAMILY)
        scenes = [arrange(rng, [thing], "single", Backdrop(setting=s.key)) for s in settings]
        return [Planned(scene, backdrop_matters=True) for scene in scenes]
    if kind == "count":
        return [
            Planned(arrange(rng, [thing] * n, "count" if n > 1 else "single", any_backdrop(rng)))
            for n in range(1, FAMILY + 1)
        ]
    others: list[int] = []
    while len(others) < FAMILY:
        others.append(companions.pick(rng, [thing, *others]))
    return [
        Planned(
            _together(rng, rng.sample([thing, other], 2), any_backdrop(rng)), things_matter=True
        )
        for other in others
    ]


def plan(rng: random.Random, sprites: Sequence[Sprite], size: int) -> list[Planned]:
    companions = _Companions(sprites)
    families = int(size * FAMILY_SHARE) // FAMILY
    single = size - families * FAMILY
    primary = rng.sample(range(len(sprites)), single + families)
    planned: list[Planned] = []
    for thing in primary[:single]:
        kind = rng.random()
        backdrop = any_backdrop(rng)
        if kind < COMPANIONS_SHARE:
            things = [thing]
            for _ in range(rng.choice((1, 1, 1, 2, 3))):
                things.append(companions.pick(rng, things))
            planned.append(Planned(_together(rng, rng.sample(things, len(things)), backdrop)))
        elif kind < COMPANIONS_SHARE + COUNT_SHARE:
            planned.append(Planned(arrange(rng, [thing] * rng.randint(2, 4), "count", backdrop)))
        else:
            planned.append(Planned(arrange(rng, [thing], "single", backdrop)))
    for thing in primary[single:]:
        planned += _family(rng, thing, companions)
    return planned
