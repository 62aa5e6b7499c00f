"""Queries with and without an answer in the demo gallery, in groups."""

from __future__ import annotations

import io
import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import PIL.Image

from benchmarks.relevance.measures import RELEVANT
from benchmarks.relevance.written import WrittenQuery, graded, unknown
from gallery.search import query_pictures
from gallery.search.query import Mode, SearchQuery, Term
from tools.demo.recipes import RECIPES
from tools.demo.titles import split_count
from tools.evaluation.partial_questions import demo_titles
from tools.evaluation.questions import pictures, recompressed
from tools.scenes.heldout import single_scenes
from tools.scenes.sprites import load_sprites

HITS = 50
EACH = 20  # query pictures of one kind
SEED = "nothing close"
Pictures = Sequence[PIL.Image.Image]


@dataclass(frozen=True)
class Group:
    """Queries of one kind. ``answers`` has the keys of the right pictures of each query, and is
    empty for queries without an answer. ``kind`` names unknown pictures.
    """

    name: str
    queries: Sequence[SearchQuery]
    answers: Sequence[Collection[str]] = ()
    kind: str = ""


def text_groups() -> list[Group]:
    known = [query for query in graded() if query.kind == "meaning"]
    answers = [[key for key, grade in query.grades.items() if grade >= RELEVANT] for query in known]
    every = unknown()
    kinds = dict.fromkeys(query.kind for query in every)
    return [
        Group("text with an answer", _texts(known, Mode.MEANING), answers),
        Group("the same, meaning and words", _texts(known, Mode.ALL), answers),
        *(
            Group(f"unknown text: {kind}", _texts(q for q in every if q.kind == kind))
            for kind in kinds
        ),
    ]


def _texts(queries: Iterable[WrittenQuery], mode: Mode = Mode.ALL) -> list[SearchQuery]:
    return [SearchQuery(text=query.text, mode=mode, limit=HITS) for query in queries]


def picture_groups(kinds: Mapping[str, Pictures]) -> list[Group]:
    """``kinds`` are unknown pictures. The known ones are copies of demo pictures, and other
    pictures of what the demo pictures show.
    """
    demo, _ = demo_titles()
    keys = [f"{number:03d}" for number in range(1, len(demo) + 1)]
    copied = random.Random(SEED).sample(range(len(demo)), EACH)
    copies = [recompressed(demo[number]) for number in copied]
    return [
        Group("a copy of a picture", _like(copies), [[keys[number]] for number in copied]),
        _same_things(keys),
        *(Group(f"unknown picture: {kind}", _like(few), kind=kind) for kind, few in kinds.items()),
    ]


def _same_things(keys: Sequence[str]) -> Group:
    """Other pictures of what the demo pictures show."""
    answers: dict[str, list[str]] = defaultdict(list)
    for key, recipe in zip(keys, RECIPES, strict=True):
        for actor in recipe.actors:
            answers[split_count(actor)[1].drawn].append(key)
    sprites = load_sprites()
    numbers = [i for i, sprite in enumerate(sprites) if sprite.thing.en in answers]
    drawn = random.Random(SEED).sample(numbers, 2 * EACH)
    scenes = single_scenes(len(sprites), SEED)
    others = pictures([scenes[number] for number in drawn], sprites)
    right = [answers[sprites[number].thing.en] for number in drawn]
    return Group("another picture of the same thing", _like(others), right)


def _like(pictures: Pictures) -> list[SearchQuery]:
    return [SearchQuery(terms=(Term(picture=key),), limit=HITS) for key in remembered(pictures)]


def remembered(pictures: Pictures) -> list[str]:
    """The keys of the pictures, uploaded to search with them."""
    return [query_pictures.remember(_png(picture)) for picture in pictures]


def _png(picture: PIL.Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
