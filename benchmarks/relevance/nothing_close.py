"""How often a search says that nothing is close, rightly and wrongly.

    python -m searchsite.local.sandbox -- python -m benchmarks.relevance.nothing_close \
        --packages /tmp/packages

``--packages`` is the folder of tools/calibrate_builtin_encoder.py. Searches the demo gallery, alone
and with a tenth of pictures of which the encoder knows nothing: noise, pages of text, photographs.
Every search is judged by the model's constants, by these with the hubs of the gallery, and by the
engine, which uses the thresholds measured in the gallery. Takes about three minutes.
"""

from __future__ import annotations

import argparse
import io
import random
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import PIL.Image
from django.contrib.auth.models import AnonymousUser

from benchmarks.protocol import revision, table
from benchmarks.relevance import demo_gallery
from benchmarks.relevance.written import graded, unknown
from gallery.core.query_kind import QueryKind
from gallery.models import EmbeddingSpace
from gallery.search import query_pictures, relevance
from gallery.search.bands import BandThresholds, best_of, nothing_close
from gallery.search.calibration.measure import constants_of
from gallery.search.engine import search
from gallery.search.query import Mode, ResultPage, SearchQuery, Term
from tools.demo.recipes import RECIPES
from tools.demo.titles import split_count
from tools.evaluation.partial_questions import demo_titles
from tools.evaluation.questions import pictures, recompressed
from tools.evaluation.unknown_pictures import unknown_pictures
from tools.scenes.heldout import single_scenes
from tools.scenes.sprites import load_sprites

HITS = 50
EACH = 20  # query pictures of one kind
SHARE = 10  # one added picture for this many demo pictures
SEED = "nothing close"
Pictures = Sequence[PIL.Image.Image]


@dataclass(frozen=True)
class Group:
    """Queries of one kind. ``kind`` names the unknown pictures, and is empty for others."""

    name: str
    queries: Sequence[SearchQuery]
    kind: str = ""


def text_groups() -> list[Group]:
    known = [query for query in graded() if query.kind == "meaning"]
    groups = [
        Group(f"has an answer, {language}", _texts(q.text for q in known if q.language == language))
        for language in ("en", "zh")
    ]
    every = unknown()
    groups.append(Group("has an answer, all", _texts(query.text for query in known)))
    for kind in dict.fromkeys(query.kind for query in every):
        groups.append(Group(f"unknown: {kind}", _texts(q.text for q in every if q.kind == kind)))
    groups.append(Group("unknown, all", _texts(query.text for query in every)))
    return groups


def _texts(texts: Iterable[str]) -> list[SearchQuery]:
    return [SearchQuery(text=text, mode=Mode.MEANING, limit=HITS) for text in texts]


def picture_groups(kinds: Mapping[str, Pictures]) -> list[Group]:
    """``kinds`` are unknown pictures. The known ones are copies of demo pictures, and other
    pictures of what the demo pictures show.
    """
    demo, _ = demo_titles()
    copies = [recompressed(picture) for picture in random.Random(SEED).sample(demo, EACH)]
    shown = {split_count(actor)[1].drawn for recipe in RECIPES for actor in recipe.actors}
    sprites = load_sprites()
    numbers = [i for i, sprite in enumerate(sprites) if sprite.thing.en in shown]
    scenes = single_scenes(len(sprites), SEED)
    drawn = random.Random(SEED).sample(numbers, 2 * EACH)
    others = pictures([scenes[number] for number in drawn], sprites)
    return [
        Group("a copy of a picture", _like(copies)),
        Group("another picture of the same thing", _like(others)),
        *(Group(f"unknown: {kind}", _like(few), kind) for kind, few in kinds.items()),
    ]


def _like(pictures: Pictures) -> list[SearchQuery]:
    keys = [query_pictures.remember(_png(picture)) for picture in pictures]
    return [SearchQuery(terms=(Term(picture=key),), limit=HITS) for key in keys]


def _png(picture: PIL.Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


@dataclass(frozen=True)
class Judges:
    """The thresholds to compare with the engine's own judgement."""

    model: BandThresholds
    with_hubs: BandThresholds

    @classmethod
    def of(cls, space: EmbeddingSpace, kind: QueryKind) -> Judges:
        constants, measured = constants_of(space, kind), relevance.thresholds_of(space, kind)
        if constants is None or measured is None:
            raise SystemExit("The built-in encoder has no constants, or nothing was measured.")
        model = BandThresholds(constants.weak, constants.good, constants.strong)
        return cls(model, replace(model, hubs=measured.hubs))

    def shares(self, pages: Sequence[ResultPage]) -> list[str]:
        judgements = [
            (self._judge(page, self.model), self._judge(page, self.with_hubs), page.nothing_close)
            for page in pages
        ]
        return [f"{sum(flags) / len(pages):.3f}" for flags in zip(*judgements, strict=True)]

    @staticmethod
    def _judge(page: ResultPage, thresholds: BandThresholds) -> bool:
        pairs = [(hit.image.pk, hit.similarity or -1.0) for hit in page.hits]
        return nothing_close(best_of(pairs, thresholds), thresholds)


def rows(space: EmbeddingSpace, kind: QueryKind, groups: Sequence[Group]) -> list[list[str]]:
    judges = Judges.of(space, kind)
    return [
        [group.name, str(len(group.queries)), *judges.shares(_pages(group))] for group in groups
    ]


def _pages(group: Group) -> list[ResultPage]:
    return [search(query, AnonymousUser()) for query in group.queries]


def report(space: EmbeddingSpace, name: str, texts: list[Group], like: list[Group]) -> None:
    """``name`` is the kind of the added pictures: searches by it have answers now."""
    header = ["query", "queries", "constants of the model", "and hubs", "engine"]
    by_text = rows(space, QueryKind.TEXT, texts)
    by_picture = rows(
        space, QueryKind.PICTURE, [g for g in like if not g.kind or g.kind not in name]
    )
    measured = relevance.thresholds_of(space, QueryKind.TEXT)
    print(
        f"\nThe demo gallery{name}: {measured}\n\n{table(header, [*by_text, *by_picture])}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--packages", type=Path, required=True)
    options = parser.parse_args()
    space = demo_gallery.load()
    kinds = unknown_pictures(options.packages)
    texts, like = text_groups(), picture_groups({kind: few[:EACH] for kind, few in kinds.items()})
    print(f"Commit {revision()}")
    for name, added in added_pictures(kinds).items():
        with demo_gallery.with_pictures(added) if added else nullcontext():
            report(space, name, texts, like)


def added_pictures(kinds: Mapping[str, Pictures]) -> dict[str, Pictures]:
    """The last pictures of each kind: the first are queries."""
    count = len(demo_titles()[0]) // SHARE
    names = ("noise", "a page of text", "part of a photograph")
    return {"": (), **{f" + 10 % {name}": kinds[name][-count:] for name in names}}


if __name__ == "__main__":
    main()
