"""How well the feed finds what people like, whose tastes are known.

    python -m searchsite.local.sandbox -- python -m benchmarks.features.recommendations

A simulated person has two to four tastes: a taste is a category of the gallery. The person likes
some pictures of each and views some others. One liked picture of each taste is held out, and so the
feed does not know it. The galleries are the demo pictures, whose scenes are the categories, and
CLIP-like vectors with known topics and, within each topic, events. The likes, the interests and the
feed are those of the site.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from functools import partial

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
django.setup()

import numpy as np  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402

from benchmarks.data.simulated_people import (  # noqa: E402
    Gallery,
    Key,
    Person,
    clip_like,
    demo,
    make_person,
    mean_of,
)
from benchmarks.protocol import milliseconds, percentiles, revision, table  # noqa: E402
from gallery.encoders.base import Vectors  # noqa: E402
from gallery.models import Image, TasteProfile  # noqa: E402
from gallery.recommendations.feed import recommend  # noqa: E402
from gallery.recommendations.interests import build  # noqa: E402
from gallery.vectorindex.neighbours import nearest  # noqa: E402

Feed = Callable[[Person], Sequence[Key]]

K = 20


def feeds(gallery: Gallery) -> dict[str, Feed]:
    def of_interests(person: Person) -> Sequence[Key]:
        return [each.image.pk for each in recommend(person.user, limit=K).recommendations]

    def of_mean(person: Person) -> Sequence[Key]:
        others = Image.objects.visible_to(person.user).exclude(pk__in=person.likes)
        vector = mean_of(gallery, person.likes)
        return [row.image_id for row in nearest(gallery.space, vector, within=others, limit=K)]

    def at_random(person: Person) -> Sequence[Key]:
        others = sorted(set(gallery.category_of) - set(person.likes))
        rng = np.random.default_rng(person.user.pk)
        return [others[index] for index in rng.choice(len(others), K, replace=False)]

    def of_known_tastes(person: Person) -> Sequence[Key]:
        """The most that a feed can find: it knows the categories, and begins with the smallest."""
        liked = set(person.likes)
        rest = [
            [key for key in gallery.categories[name] if key not in liked] for name in person.tastes
        ]
        rng = np.random.default_rng(person.user.pk)
        shuffled = [[keys[index] for index in rng.permutation(len(keys))] for keys in rest]
        return [key for keys in sorted(shuffled, key=len) for key in keys][:K]

    return {
        "random": at_random,
        "one mean vector": of_mean,
        "several interests": of_interests,
        "known tastes": of_known_tastes,
    }


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
