"""Precision and recall of suggested tags in the demo gallery.

    python -m searchsite.local.sandbox -- python -m benchmarks.relevance.tag_suggestions

What a picture shows is known from the recipe that it was drawn from: every thing, also small ones
in the background, and the place. The vocabulary, its templates and the rules were chosen with
these pictures, so the figures say that the parts work together, not how a photograph fares.
"""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
django.setup()

from benchmarks.protocol import revision, table  # noqa: E402
from benchmarks.relevance import demo_gallery  # noqa: E402
from benchmarks.relevance.shown_things import PLACES, THINGS  # noqa: E402
from gallery.curation.tags.loading import load  # noqa: E402
from gallery.curation.tags.suggestions import suggest  # noqa: E402
from gallery.curation.tags.suggestions.strength import Strength, strength_of  # noqa: E402
from gallery.models import Image, ImageTag, Tag, TagKind, TagScoring  # noqa: E402
from tools.demo.cast import CAST  # noqa: E402

_NAMES = {member.drawn: member.en for member in CAST.values()}
# The tag for things that have another name in the recipes.
_TAGS_OF = {
    "red apple": "apple", "green apple": "apple", "cherry": "cherries", "cup of coffee":
    "coffee cup", "bowl of noodles": "noodles", "Christmas tree": "christmas tree",
    "black cat": "cat", "kitten": "cat", "poodle": "dog", "puppy": "dog", "polar bear": "bear",
    "tropical fish": "fish", "blowfish": "fish", "racing car": "car", "taxi": "car",
    "beach umbrella": "umbrella",
}  # fmt: skip
_PLACES = {"flowers": "flower field", "underwater": "under water"}


def expected(key: str) -> set[str]:
    things = {_NAMES[thing] for thing in THINGS[key]}
    return (
        things
        | {_TAGS_OF[name] for name in things if name in _TAGS_OF}
        | {_PLACES.get(PLACES[key], PLACES[key])}
    )


def pairs_of(kinds: list[str]) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """(picture, tag) as suggested, and as they should be."""
    names = set(Tag.objects.filter(kind__in=kinds).values_list("name", flat=True))
    rows = ImageTag.objects.filter(tag__kind__in=kinds).select_related("image", "tag")
    suggested = {(demo_gallery.key_of(row.image), row.tag.name) for row in rows}
    keys = [demo_gallery.key_of(image) for image in Image.objects.all()]
    return suggested, {(key, name) for key in keys for name in expected(key) & names}


def of_strengths() -> list[list[str]]:
    """The precision of the suggestions that are shown as strong, good and possible matches."""
    scorings = {scoring.tag_id: scoring for scoring in TagScoring.objects.all()}
    right: dict[Strength, list[bool]] = {strength: [] for strength in Strength}
    for row in ImageTag.objects.select_related("image", "tag"):
        strength = strength_of(row.score, scorings.get(row.tag_id))
        right[strength].append(row.tag.name in expected(demo_gallery.key_of(row.image)))
    return [
        [strength.value, str(len(each)), f"{sum(each) / max(1, len(each)):.3f}"]
        for strength, each in right.items()
    ]


def main() -> None:
    demo_gallery.load()
    load.load("demo")
    suggest.run(seconds=600)
    rows = []
    for label, kinds in [(kind.value, [kind.value]) for kind in TagKind] + [
        ("all", TagKind.values)
    ]:
        suggested, shown = pairs_of(kinds)
        right = len(suggested & shown)
        rows.append([label, str(len(shown)), str(len(suggested)),
                     f"{right / len(suggested):.3f}", f"{right / len(shown):.3f}"])  # fmt: skip
    print(f"revision {revision()}, {Tag.objects.count()} tags, {Image.objects.count()} pictures")
    print(table(["kind", "shown", "suggested", "precision", "recall"], rows))
    print(table(["strength", "suggested", "precision"], of_strengths()))


if __name__ == "__main__":
    main()
