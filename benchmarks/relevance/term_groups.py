"""Searches of several terms, with and without an answer in the demo gallery, in groups.

A picture of a dog with the text "in the snow" asks for dogs in the snow. The answers come from
what the pictures show; a thing in the background counts.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

from benchmarks.relevance.query_groups import Group, remembered
from benchmarks.relevance.shown_things import (
    ACTORS,
    PLACES,
    THINGS,
    at,
    name_of,
    showing,
    words_for,
)
from gallery.search.query import Combine, SearchQuery, Term
from tools.evaluation.questions import pictures
from tools.scenes.heldout import single_scenes
from tools.scenes.sprites import load_sprites

HITS = 60
MOST = 60  # queries of a group, and uploaded pictures
SEED = "several terms"
AWAY = -0.5
# A search, and the keys of its answers.
Case = tuple[SearchQuery, set[str]]


@dataclass(frozen=True)
class Cases:
    """The searches with an answer. ``ids`` are the images by their keys, ``uploads`` the keys of
    uploaded pictures of things, which are not in the gallery.
    """

    ids: Mapping[str, uuid.UUID]
    uploads: Mapping[str, str]
    rng: random.Random

    def groups(self) -> list[Group]:
        makers: dict[str, Callable[[], Iterator[Case]]] = {
            "text alone": self._texts,
            "picture and place": self._picture_and_place,
            "uploaded picture and place": self._upload_and_place,
            "uploaded picture and its name": self._upload_and_name,
            "text and text: thing, place": self._thing_and_place,
            "text and text: two things": self._two_things,
            "two pictures of a thing": self._two_pictures,
            "text minus text": self._without,
            "picture minus its place": self._elsewhere,
            "text, one hit liked": lambda: self._feedback(liked=1),
            "text, one liked, one disliked": lambda: self._feedback(liked=1, disliked=1),
            "text, one disliked": lambda: self._feedback(disliked=1),
            "the best of two texts": self._best_of_texts,
            "the best of a text and a picture": self._best_of_both,
        }
        return [self._group(name, list(make())) for name, make in makers.items()]

    def _group(self, name: str, cases: list[Case]) -> Group:
        hidden = {image_id: key for key, image_id in self.ids.items()}
        sample = []
        for query, answers in cases:
            own = {hidden[t.image_id] for t in query.terms if t.image_id}
            own |= {hidden[image_id] for image_id in query.disliked}
            if answers - own:
                sample.append((replace(query, limit=HITS), answers - own))
        sample = random.Random(SEED).sample(sample, min(MOST, len(sample)))
        return Group(name, [query for query, _ in sample], [answers for _, answers in sample])

    def _image(self, key: str) -> Term:
        return Term(image_id=self.ids[key])

    def _texts(self) -> Iterator[Case]:
        for thing in sorted(set().union(*ACTORS.values())):
            yield SearchQuery(text=name_of(thing, self.rng)), showing(thing)

    def _picture_and_place(self) -> Iterator[Case]:
        for key, things in ACTORS.items():
            for place in sorted({PLACES[other] for other in showing(things[0])} - {PLACES[key]}):
                query = SearchQuery(text=words_for(place, self.rng), terms=(self._image(key),))
                yield query, showing(things[0]) & at(place)

    def _upload_and_place(self) -> Iterator[Case]:
        for thing, picture in self.uploads.items():
            for place in sorted({PLACES[key] for key in showing(thing)}):
                text = words_for(place, self.rng)
                query = SearchQuery(text=text, terms=(Term(picture=picture),))
                yield query, showing(thing) & at(place)

    def _upload_and_name(self) -> Iterator[Case]:
        for thing, picture in self.uploads.items():
            text = name_of(thing, self.rng)
            yield SearchQuery(text=text, terms=(Term(picture=picture),)), showing(thing)

    def _thing_and_place(self) -> Iterator[Case]:
        for key, things in ACTORS.items():
            place = Term(text=words_for(PLACES[key], self.rng))
            query = SearchQuery(text=name_of(things[0], self.rng), terms=(place,))
            yield query, showing(things[0]) & at(PLACES[key])

    def _two_things(self) -> Iterator[Case]:
        for first, second in sorted({pair for shown in THINGS.values() for pair in _pairs(shown)}):
            other = Term(text=name_of(second, self.rng))
            query = SearchQuery(text=name_of(first, self.rng), terms=(other,))
            yield query, showing(first, second)

    def _two_pictures(self) -> Iterator[Case]:
        for thing in sorted(set().union(*ACTORS.values())):
            for first, second in list(_pairs(showing(thing)))[:4]:
                terms = (self._image(first), self._image(second))
                yield SearchQuery(terms=terms), showing(thing)

    def _without(self) -> Iterator[Case]:
        for key, things in ACTORS.items():
            place = Term(text=words_for(PLACES[key], self.rng), weight=AWAY)
            query = SearchQuery(text=name_of(things[0], self.rng), terms=(place,))
            yield query, showing(things[0]) - at(PLACES[key])

    def _elsewhere(self) -> Iterator[Case]:
        for key, things in ACTORS.items():
            place = Term(text=words_for(PLACES[key], self.rng), weight=AWAY)
            query = SearchQuery(terms=(self._image(key), place))
            yield query, showing(things[0]) - at(PLACES[key])

    def _feedback(self, *, liked: int = 0, disliked: int = 0) -> Iterator[Case]:
        for thing in sorted(set().union(*ACTORS.values())):
            answers = sorted(showing(thing))
            others = sorted(at(PLACES[answers[0]]) - showing(thing))
            query = SearchQuery(
                text=name_of(thing, self.rng),
                liked=tuple(self.ids[key] for key in answers[:liked]),
                disliked=tuple(self.ids[key] for key in others[:disliked]),
            )
            if len(answers) > 1 and others:
                yield query, showing(thing)

    def _best_of_texts(self) -> Iterator[Case]:
        things = sorted(set().union(*ACTORS.values()))
        for first, second in zip(things, self.rng.sample(things, len(things)), strict=True):
            other = Term(text=name_of(second, self.rng))
            text = name_of(first, self.rng)
            query = SearchQuery(text=text, terms=(other,), combine=Combine.MAX)
            yield query, showing(first) | showing(second)

    def _best_of_both(self) -> Iterator[Case]:
        things = sorted(set().union(*ACTORS.values()))
        for second, picture in self.uploads.items():
            first = self.rng.choice(things)
            term = Term(picture=picture)
            text = name_of(first, self.rng)
            query = SearchQuery(text=text, terms=(term,), combine=Combine.MAX)
            yield query, showing(first) | showing(second)


def uploads() -> dict[str, str]:
    """Keys of uploaded pictures of what the demo pictures show, in other scenes."""
    sprites = load_sprites()
    actors = set().union(*ACTORS.values())
    numbers = [number for number, each in enumerate(sprites) if each.thing.en in actors]
    numbers = sorted(random.Random(SEED).sample(numbers, MOST))
    scenes = single_scenes(len(sprites), SEED)
    keys = remembered(pictures([scenes[number] for number in numbers], sprites))
    return {sprites[number].thing.en: key for number, key in zip(numbers, keys, strict=True)}


def unknown_groups(texts: Sequence[str], unknown_pictures: Sequence[str]) -> list[Group]:
    """Searches without an answer; ``unknown_pictures`` are keys of uploads."""
    others = [*texts[len(texts) // 2 :], *texts[: len(texts) // 2]]
    with_texts = list(zip(unknown_pictures, texts, strict=False))
    pairs = {
        "unknown text and picture": [_query(a, Term(picture=key)) for key, a in with_texts],
        "unknown texts": [_query(a, Term(text=b)) for a, b in zip(texts, others, strict=True)],
        "unknown pictures": [
            _query("", Term(picture=a), Term(picture=b)) for a, b in pairwise(unknown_pictures)
        ],
        "unknown text minus text": [
            _query(a, Term(text=b, weight=AWAY)) for a, b in zip(texts, others, strict=True)
        ],
        "the best of unknown text and picture": [
            replace(_query(a, Term(picture=key)), combine=Combine.MAX) for key, a in with_texts
        ],
    }
    return [Group(name, queries) for name, queries in pairs.items()]


def never_together(rng: random.Random) -> Group:
    """A thing and a place that the gallery shows, but in no picture together."""
    things = sorted(set().union(*ACTORS.values()))
    queries = []
    for thing in rng.sample(things, MOST):
        place = rng.choice(sorted(set(PLACES.values()) - {PLACES[key] for key in showing(thing)}))
        queries.append(_query(name_of(thing, rng), Term(text=words_for(place, rng))))
    return Group("thing and place, never together", queries)


def _query(text: str, *terms: Term) -> SearchQuery:
    return SearchQuery(text=text, terms=terms, limit=HITS)


def _pairs(keys: set[str]) -> Iterator[tuple[str, str]]:
    return combinations(sorted(keys), 2)
