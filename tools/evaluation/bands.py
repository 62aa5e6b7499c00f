"""Find the cosines of good and strong hits: from there, most hits of the demo gallery are right.

What a demo picture shows is known from its recipe (tools/demo/recipes.py).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gallery.encoders.relevance_threshold import Cosines
from tools.demo.cast import CAST
from tools.demo.recipes import RECIPES, Recipe
from tools.demo.titles import split_count

Vectors = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

# The share of the hits in a band or above it that are relevant.
GOOD, STRONG = 0.75, 0.9
# A good match needs a little more than a query that has an answer at all.
APART = 0.01
# Names that also fit other things of the demo gallery.
INCLUDED = {
    "dog": ("puppy", "poodle"), "puppy": ("dog",), "cat": ("kitten", "black cat"),
    "kitten": ("cat",), "fish": ("tropical fish", "blowfish"), "bear": ("polar bear",),
    "tree": ("pine tree", "palm tree", "Christmas tree"), "car": ("taxi", "racing car"),
    "umbrella": ("beach umbrella",), "moon": ("crescent moon",), "planet": ("globe",),
    "bird": ("dove", "duck", "parrot", "eagle", "owl", "flamingo", "penguin"),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Hits:
    """All pairs of a query and a picture, by descending cosine."""

    cosines: Vectors
    relevant: Flags

    def least_cosine(self, *, precision: float) -> float:
        """The lowest cosine for which the hits from there on have this precision."""
        right = np.cumsum(self.relevant) / np.arange(1, len(self.relevant) + 1)
        reached = np.flatnonzero(right >= precision)
        return round(float(self.cosines[reached[-1]]), 3)


def hits(queries: Vectors, pictures: Vectors, relevant: Flags) -> Hits:
    """``relevant`` is ``(queries, pictures)``. A picture is no hit of itself."""
    scores = queries @ pictures.T
    if queries is pictures:
        apart = ~np.eye(len(pictures), dtype=bool)
        scores, relevant = scores[apart], relevant[apart]
    order = np.argsort(-scores, axis=None)
    return Hits(scores.ravel()[order], relevant.ravel()[order])


def cosines(weak: float, of: Hits) -> Cosines:
    good = max(weak + APART, of.least_cosine(precision=GOOD))
    return Cosines(weak, round(good, 3), max(good, of.least_cosine(precision=STRONG)))


def names() -> tuple[list[str], Flags]:
    """English and Chinese names of the things in the demo gallery, and the pictures with them."""
    shown = [_things(recipe) for recipe in RECIPES]
    members = [CAST[name] for name in sorted(set[str]().union(*shown))]
    names_of_members = [{member.en, *INCLUDED.get(member.en, ())} for member in members]
    relevant = np.array([[bool(names & things) for things in shown] for names in names_of_members])
    texts = [member.en for member in members] + [member.zh for member in members]
    return texts, np.concatenate([relevant, relevant])


def similar_pictures() -> Flags:
    """Pictures that show the same thing in front, or the same place."""
    return np.array([[_are_similar(first, second) for second in RECIPES] for first in RECIPES])


def _are_similar(first: Recipe, second: Recipe) -> bool:
    actors = {split_count(actor)[1].en for actor in first.actors}
    names = actors.union(*(INCLUDED.get(actor, ()) for actor in actors))
    return first.backdrop == second.backdrop or bool(names & _things(second))


def _things(recipe: Recipe) -> set[str]:
    return {split_count(name)[1].en for name in (*recipe.actors, *recipe.props, *recipe.sky)}
