"""Bands and "nothing close" of searches of several terms.

    python -m searchsite.local.sandbox -- python -m benchmarks.relevance.several_terms \
        --packages /tmp/packages

``--packages`` is the folder of tools/calibrate_builtin_encoder.py. Every search is judged as the
engine judges it, and by other rules for the thresholds: the mean of those of the terms, the cosine
of a picture that reaches the threshold of each term, and the one between them that the engine uses
unless even the best hit is below it. Takes about five minutes.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.contrib.auth.models import AnonymousUser

from benchmarks.protocol import revision, table
from benchmarks.relevance import demo_gallery
from benchmarks.relevance.measures import mean
from benchmarks.relevance.query_groups import Group, remembered
from benchmarks.relevance.term_groups import SEED, Cases, never_together, unknown_groups, uploads
from benchmarks.relevance.written import unknown
from gallery.models import EmbeddingSpace, Image
from gallery.search import relevance
from gallery.search.engine import search
from gallery.search.query import Band, Combine, Hit, Mode, ResultPage, SearchQuery
from gallery.search.vectors.meaning import Meaning
from tools.evaluation.unknown_pictures import unknown_pictures

EACH = 10  # unknown pictures of one kind

# Of a search and its hits: those above the divider.
Rule = Callable[[SearchQuery, ResultPage], list[Hit]]


def shown_by_engine(query: SearchQuery, page: ResultPage) -> list[Hit]:
    return [hit for hit in page.hits if hit.band != Band.WEAK]


@dataclass(frozen=True)
class OtherRule:
    """Thresholds that are the mean of the terms' thresholds times a power of the sum of their
    weights. The engine uses the power 0.5.
    """

    space: EmbeddingSpace
    power: float

    def __call__(self, query: SearchQuery, page: ResultPage) -> list[Hit]:
        [mixture] = Meaning(query, Image.objects.all()).mixtures
        known = relevance.combined_thresholds(self.space, mixture)
        if known is None:
            raise SystemExit("The built-in encoder has no thresholds.")
        least = known.good * sum(mixture.towards.values()) ** (self.power - 0.5)
        return [hit for hit in page.hits if (hit.similarity or -1) >= least]


def known_row(group: Group, pages: Sequence[ResultPage], rule: Rule) -> list[str]:
    shown = relevant = empty = 0
    recalls = []
    for query, page, answers in zip(group.queries, pages, group.answers, strict=True):
        keys = {demo_gallery.key_of(hit.image) for hit in rule(query, page)}
        shown += len(keys)
        relevant += len(keys & set(answers))
        recalls.append(len(keys & set(answers)) / len(set(answers)))
        empty += not keys
    count = len(pages)
    precision = f"{relevant / shown:.2f}" if shown else "–"
    return [
        str(count),
        f"{shown / count:.1f}",
        precision,
        f"{mean(recalls):.2f}",
        f"{empty / count:.2f}",
    ]


def known_rows(group: Group, rules: dict[str, Rule]) -> list[list[str]]:
    """The engine's judgement in both modes, and other rules by meaning alone."""
    of_mode = {mode: _pages(group, mode) for mode in (Mode.ALL, Mode.MEANING)}
    lines: list[tuple[str, list[ResultPage], Rule]] = [
        (f"engine, {mode}", pages, shown_by_engine) for mode, pages in of_mode.items()
    ]
    if all(query.combine == Combine.MEAN for query in group.queries):
        lines += [(name, of_mode[Mode.MEANING], rule) for name, rule in rules.items()]
    return [
        [group.name, name, *known_row(group, pages, rule), *_flagged(group, pages)]
        for name, pages, rule in lines
    ]


def _pages(group: Group, mode: Mode) -> list[ResultPage]:
    return [search(replace(query, mode=mode), AnonymousUser()) for query in group.queries]


def _flagged(group: Group, pages: Sequence[ResultPage]) -> list[str]:
    """The shares of "nothing close": of all searches, and of those with a right best hit."""
    right = [
        page.nothing_close
        for page, answers in zip(pages, group.answers, strict=True)
        if _is_right(page, answers)
    ]
    return [f"{mean([page.nothing_close for page in pages]):.3f}", f"{mean(right):.3f}"]


def unknown_row(group: Group) -> list[str]:
    pages = [search(query, AnonymousUser()) for query in group.queries]
    shown = mean([len(shown_by_engine(page.query, page)) for page in pages])
    flagged = mean([page.nothing_close for page in pages])
    return [group.name, str(len(pages)), f"{shown:.1f}", f"{flagged:.3f}"]


def _is_right(page: ResultPage, keys: Collection[str]) -> bool:
    return bool(page.hits) and demo_gallery.key_of(page.hits[0].image) in keys


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--packages", type=Path, required=True)
    options = parser.parse_args()
    space = demo_gallery.load()
    ids = {demo_gallery.key_of(image): image.pk for image in Image.objects.all()}
    rules: dict[str, Rule] = {
        "mean of the terms": OtherRule(space, 0.0),
        "between": OtherRule(space, 0.5),
        "each term reached": OtherRule(space, 1.0),
    }
    print(f"Commit {revision()}\n", flush=True)
    groups = Cases(ids, uploads(), random.Random(SEED)).groups()
    lines = [line for group in groups for line in known_rows(group, rules)]
    header = ["search", "rule", "queries", "shown", "relevant", "of the relevant", "none shown"]
    print(table([*header, "nothing close", "… and the best hit is right"], lines), flush=True)
    drawn = [each for few in unknown_pictures(options.packages).values() for each in few[:EACH]]
    texts = [query.text for query in unknown()]
    random.Random(SEED).shuffle(texts)
    unanswered = unknown_groups(texts, remembered(drawn))
    rows = [unknown_row(g) for g in [*unanswered, never_together(random.Random(SEED))]]
    print(f"\n{table(['search', 'queries', 'shown', 'nothing close'], rows)}")


if __name__ == "__main__":
    main()
