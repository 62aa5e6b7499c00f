"""What the demo pictures show, by the keys of the pictures (tools/demo/recipes.py)."""

from __future__ import annotations

import random

from tools.demo.cast import CAST
from tools.demo.recipes import RECIPES
from tools.demo.titles import split_count
from tools.scenes.colours import COLOURS
from tools.scenes.english import with_article
from tools.scenes.settings import BY_KEY

_NAMES = {member.drawn: (with_article(member.en), member.zh) for member in CAST.values()}
_COLOURS = {colour.en: (f"on a {colour.en} background", f"{colour.zh}色背景") for colour in COLOURS}


def _drawn(names: tuple[str, ...]) -> list[str]:
    return [split_count(name)[1].drawn for name in names]


_ROWS = {f"{number:03d}": recipe for number, recipe in enumerate(RECIPES, start=1)}
# Things in the foreground; all things, those in the background too; the place or colour behind.
ACTORS = {key: _drawn(recipe.actors) for key, recipe in _ROWS.items()}
THINGS = {
    key: set(_drawn((*recipe.actors, *recipe.props, *recipe.sky))) for key, recipe in _ROWS.items()
}
PLACES = {key: recipe.backdrop for key, recipe in _ROWS.items()}


def showing(*things: str) -> set[str]:
    return {key for key, shown in THINGS.items() if shown.issuperset(things)}


def at(place: str) -> set[str]:
    return {key for key, other in PLACES.items() if other == place}


def name_of(thing: str, rng: random.Random) -> str:
    """In English or in Chinese."""
    return rng.choice(_NAMES[thing])


def words_for(place: str, rng: random.Random) -> str:
    """Such as "on a beach", in English or in Chinese."""
    if place in BY_KEY:
        return rng.choice((BY_KEY[place].en[0], BY_KEY[place].zh[0]))
    return rng.choice(_COLOURS[place])
