"""How well the feed finds what people like, whose tastes are known.

    python -m searchsite.local.sandbox -- python -m benchmarks.recommendations

A simulated person has two to four tastes: a taste is a category of the gallery. The person likes
some pictures of each and views some others. One liked picture of each taste is held out, and so the
feed does not know it. The galleries are the demo pictures, whose scenes are the categories, and
CLIP-like vectors with known topics and, within each topic, events. The likes, the interests and the
feed are those of the site.
"""

from __future__ import annotations

import argparse
import os
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
django.setup()

import numpy as np  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402

from benchmarks.data.clip_like import EVENTS, ClipLike  # noqa: E402
from benchmarks.protocol import milliseconds, percentiles, revision, table  # noqa: E402
from benchmarks.relevance import demo_gallery  # noqa: E402
from benchmarks.vector_search import load  # noqa: E402
from gallery.embeddings import spaces  # noqa: E402
from gallery.encoders.base import Vector, Vectors  # noqa: E402
from gallery.models import (  # noqa: E402
    Embedding,
    EmbeddingSpace,
    Image,
    ReactionKind,
    TasteProfile,
)
from gallery.recommendations.activity import consent, reactions, record  # noqa: E402
from gallery.recommendations.feed import recommend  # noqa: E402
from gallery.recommendations.interests import build  # noqa: E402
from gallery.vectorindex.neighbours import nearest  # noqa: E402

K = 20
LIKES = (3, 7)  # of each taste, without the one that is held out
VIEWS = 3  # of any pictures
DISLIKES = 3  # of one category
Key = uuid.UUID
Feed = Callable[["Person"], Sequence[Key]]


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
    means = {name: _mean(gallery, keys) for name, keys in gallery.categories.items()}
    others = [name for name in means if name not in tastes]
    return max(others, key=lambda name: max(float(means[name] @ means[each]) for each in tastes))


def _mean(gallery: Gallery, keys: Sequence[Key]) -> Vector:
    mean = np.mean([gallery.vectors[key] for key in keys], axis=0)
    return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)


def feeds(gallery: Gallery) -> dict[str, Feed]:
    def of_interests(person: Person) -> Sequence[Key]:
        return [each.image.pk for each in recommend(person.user, limit=K).recommendations]

    def of_mean(person: Person) -> Sequence[Key]:
        others = Image.objects.visible_to(person.user).exclude(pk__in=person.likes)
        vector = _mean(gallery, person.likes)
        return [row.image_id for row in nearest(gallery.space, vector, within=others, limit=K)]

    def at_random(person: Person) -> Sequence[Key]:
        others = sorted(set(gallery.category_of) - set(person.likes))
        rng = np.random.default_rng(person.user.pk)
        return [others[index] for index in rng.choice(len(others), K, replace=False)]

    return {"random": at_random, "one mean vector": of_mean, "several interests": of_interests}


HEADER = [
    "gallery", "feed", "held-out pictures", "of a taste", "tastes", "all tastes", "diversity",
    "coverage",
]  # fmt: skip


def row_of(gallery: Gallery, name: str, feed: Feed, people: Sequence[Person]) -> list[str]:
    shown = [list(feed(person)) for person in people]
    pairs = list(zip(people, shown, strict=True))
    hits = [len(set(person.held_out) & set(keys)) / len(person.held_out) for person, keys in pairs]
    categories = [[gallery.category_of[key] for key in keys] for keys in shown]
    both = list(zip(people, categories, strict=True))
    of_taste = [np.mean([each in person.tastes for each in names]) for person, names in both]
    reached = [len(set(person.tastes) & set(names)) / len(person.tastes) for person, names in both]
    diversity = [_diversity(np.stack([gallery.vectors[key] for key in keys])) for keys in shown]
    coverage = len({key for keys in shown for key in keys}) / len(gallery.category_of)
    whole = np.mean([share == 1 for share in reached])
    means = [np.mean(values) for values in (hits, of_taste, reached)]
    figures = [*means, whole, np.mean(diversity), coverage]
    return [gallery.name, name, *(f"{value:.3f}" for value in figures)]


def _diversity(rows: Vectors) -> float:
    """Mean cosine distance of two pictures of the list."""
    similar = rows @ rows.T
    count = len(rows)
    return float(1 - (similar.sum() - np.trace(similar)) / (count * (count - 1)))


def measure(gallery: Gallery, number: int) -> list[list[str]]:
    people = [make_person(gallery, seed, dislikes=False) for seed in range(number)]
    build.run(seconds=3600)
    rows = [row_of(gallery, name, feed, people) for name, feed in feeds(gallery).items()]
    times = [milliseconds(partial(recommend, person.user, limit=K)) for person in people]
    median, slowest = percentiles(times)
    interests = np.mean([each.interests.count() for each in TasteProfile.objects.all()])
    tastes = np.mean([len(person.tastes) for person in people])
    print(f"{gallery.name}: {interests:.1f} interests for {tastes:.1f} tastes;", end=" ")
    print(f"a feed takes {median:.0f} ms, p99 {slowest:.0f} ms")
    User.objects.all().delete()
    return rows


def share_of_disliked(gallery: Gallery, number: int) -> list[str]:
    """Of the pictures shown, without and with dislikes of the category most similar to a taste."""
    shares = []
    for dislikes in (False, True):
        people = [make_person(gallery, seed, dislikes=dislikes) for seed in range(number)]
        build.run(seconds=3600)
        shares.append(np.mean([_share_of_disliked(gallery, person) for person in people]))
        User.objects.all().delete()
    return [gallery.name, *(f"{share:.3f}" for share in shares)]


def _share_of_disliked(gallery: Gallery, person: Person) -> float:
    shown = recommend(person.user, limit=K).recommendations
    return float(np.mean([gallery.category_of[each.image.pk] == person.disliked for each in shown]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--people", type=int, default=200)
    options = parser.parse_args()
    rows, disliked = [], []
    makers: list[Callable[[], Gallery]] = [
        demo,
        partial(clip_like, options.rows, of_event=True),
        partial(clip_like, options.rows, of_event=False),
    ]
    for make in makers:
        gallery = make()
        rows += measure(gallery, options.people)
        disliked.append(share_of_disliked(gallery, options.people))
        Image.objects.all().delete()
    print(f"revision {revision()}, {options.people} people")
    print(table(HEADER, rows))
    print(table(["gallery", "disliked category, no dislikes", "with dislikes"], disliked))


if __name__ == "__main__":
    main()
