"""Galleries with categories, and people who like some of these.

``benchmarks.features.recommendations`` has the description.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import User

from benchmarks.data.clip_like import EVENTS, ClipLike
from benchmarks.relevance import demo_gallery
from benchmarks.vector_search import load
from gallery.embeddings import spaces
from gallery.encoders.base import Vector
from gallery.models import Embedding, EmbeddingSpace, Image, ReactionKind
from gallery.recommendations.activity import consent, reactions, record

LIKES = (3, 7)  # of each taste, without the one that is held out
VIEWS = 3  # of any pictures
DISLIKES = 3  # of one category
Key = uuid.UUID


@dataclass(frozen=True)
class Gallery:
    """``categories`` are those with enough pictures to be a taste."""

    name: str
    space: EmbeddingSpace
    vectors: Mapping[Key, Vector]
    category_of: Mapping[Key, str]
    categories: Mapping[str, Sequence[Key]]


@dataclass(frozen=True)
class Person:
    user: User
    tastes: Sequence[str]
    likes: Sequence[Key]
    held_out: Sequence[Key]
    disliked: str


def demo() -> Gallery:
    """The scene is what the title ends with: "in the snow"; backgrounds of all colours are one."""
    space = demo_gallery.load()
    titles = Image.objects.values_list("pk", "title")
    scenes = {key: _scene(title) for key, title in titles}
    return _gallery("demo pictures", space, scenes, least=10)


def _scene(title: str) -> str:
    english, _, _chinese = title.partition(" · ")
    scene = re.split(r"\b(?=(?:on|in|at|under) )", english)[-1]
    return re.sub(r"on an? .* background", "on a background", scene)


def clip_like(rows: int, *, of_event: bool) -> Gallery:
    """A taste is a topic, or one of its events."""
    vectors, events = ClipLike().pictures_with_events(rows)
    numbers_of = events if of_event else events // EVENTS
    space = load(vectors)
    EmbeddingSpace.objects.update(active=False)
    EmbeddingSpace.objects.filter(pk=space.pk).update(active=True)
    spaces.forget_active()
    inside = Image.objects.filter(embeddings__space=space)
    names = inside.values_list("pk", "file_name")
    numbers = {key: str(numbers_of[int(name)]) for key, name in names}
    kind, least = ("events", 15) if of_event else ("topics", 30)
    return _gallery(f"{rows:,} CLIP-like vectors, {kind}", space, numbers, least=least)


def _gallery(
    name: str, space: EmbeddingSpace, category_of: Mapping[Key, str], *, least: int
) -> Gallery:
    by_category: dict[str, list[Key]] = {}
    for key, category in sorted(category_of.items()):
        by_category.setdefault(category, []).append(key)
    large = {name: keys for name, keys in by_category.items() if len(keys) >= least}
    vectors = Embedding.objects.vectors_of(list(category_of), space)
    return Gallery(name, space, vectors, category_of, large)


def make_person(gallery: Gallery, number: int, *, dislikes: bool) -> Person:
    rng = np.random.default_rng(number)
    tastes = list(rng.choice(sorted(gallery.categories), rng.integers(2, 5), replace=False))
    likes, held_out = [], []
    for taste in tastes:
        chosen = rng.choice(len(gallery.categories[taste]), rng.integers(*LIKES) + 1, replace=False)
        keys = [gallery.categories[taste][index] for index in chosen]
        likes += keys[1:]
        held_out.append(keys[0])
    user = User.objects.create(username=str(uuid.uuid4()))
    for key in likes:
        reactions.react(user, Image(pk=key), ReactionKind.LIKE)
    consent.give(user)
    everything = sorted(gallery.category_of)
    for index in rng.choice(len(everything), VIEWS, replace=False):
        if everything[index] not in held_out:
            record.record_view(user, everything[index])
    disliked = most_similar_category(gallery, tastes)
    if dislikes:
        for key in gallery.categories[disliked][:DISLIKES]:
            reactions.react(user, Image(pk=key), ReactionKind.DISLIKE)
    return Person(user, tastes, likes, held_out, disliked)


def most_similar_category(gallery: Gallery, tastes: Sequence[str]) -> str:
    """Whose mean is nearest to that of a taste: its pictures are recommended by mistake."""
    means = {name: mean_of(gallery, keys) for name, keys in gallery.categories.items()}
    others = [name for name in means if name not in tastes]
    return max(others, key=lambda name: max(float(means[name] @ means[each]) for each in tastes))


def mean_of(gallery: Gallery, keys: Sequence[Key]) -> Vector:
    mean = np.mean([gallery.vectors[key] for key in keys], axis=0)
    return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)
