"""Ranking, "nothing close" and bands, with the written queries on the demo gallery.

    python -m searchsite.local.sandbox -- python -m benchmarks.relevance.run

Each query is a search of an anonymous visitor. Takes about two minutes.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from benchmarks.protocol import revision, table
from benchmarks.relevance import demo_gallery
from benchmarks.relevance.measures import RELEVANT, mean, ndcg, reciprocal_rank
from benchmarks.relevance.written import NONSENSE, WrittenQuery, graded
from gallery.core.query_kind import QueryKind
from gallery.models import EmbeddingSpace
from gallery.search import relevance
from gallery.search.bands import BandThresholds, band_of
from gallery.search.calibration.measure import constants_of
from gallery.search.engine import search
from gallery.search.query import Band, Hit, Mode, ResultPage, SearchQuery

HITS = 60
BandRule = Callable[[Hit], bool]


@dataclass(frozen=True)
class Answer:
    query: WrittenQuery
    page: ResultPage

    @property
    def keys(self) -> list[str]:
        return [demo_gallery.key_of(hit.image) for hit in self.page.hits]


def answers(mode: Mode) -> list[Answer]:
    return [
        Answer(query, search(SearchQuery(text=query.text, mode=mode, limit=HITS), AnonymousUser()))
        for query in graded()
    ]


def ranking(of: Iterable[Answer], mode: Mode) -> list[list[str]]:
    """One row for each kind and language of queries."""
    groups: dict[tuple[str, str], list[Answer]] = defaultdict(list)
    for answer in of:
        groups[answer.query.kind, answer.query.language].append(answer)
        if answer.query.kind != NONSENSE:
            groups["all with an answer", "en + zh"].append(answer)
    return [
        [mode.value, kind, language, str(len(group)), *_figures(kind, group)]
        for (kind, language), group in sorted(groups.items())
    ]


def _figures(kind: str, group: list[Answer]) -> list[str]:
    flagged = f"{mean([answer.page.nothing_close for answer in group]):.3f}"
    if kind == NONSENSE:
        return ["–", "–", flagged]
    gain = mean([ndcg(answer.keys, answer.query.grades) for answer in group])
    rank = mean([reciprocal_rank(answer.keys, answer.query.grades) for answer in group])
    return [f"{gain:.3f}", f"{rank:.3f}", flagged]


def band_rows(of: list[Answer], space: EmbeddingSpace) -> list[list[str]]:
    """What each rule for the hits above the divider shows and hides."""
    known = [answer for answer in of if answer.query.grades]
    rules: dict[str, BandRule] = {f"the first {HITS}, no bands": lambda hit: True}
    if constants := constants_of(space, QueryKind.TEXT):
        model = BandThresholds(constants.weak, constants.good, constants.strong)
        rules["bands of the model"] = lambda hit: _is_shown(hit, model)
    if thresholds := relevance.measured_thresholds(space, QueryKind.TEXT):
        rules["bands of the gallery"] = lambda hit: _is_shown(hit, thresholds)
        rules["strong band of the gallery"] = lambda hit: _is_shown(hit, thresholds, Band.STRONG)
    if any(hit.band for answer in known for hit in answer.page.hits):
        rules["bands of the result page"] = lambda hit: hit.band != Band.WEAK
    return [[name, *_band_figures(known, rule)] for name, rule in rules.items()]


def _is_shown(hit: Hit, thresholds: BandThresholds, least: Band = Band.GOOD) -> bool:
    if hit.similarity is None:
        return True
    band = band_of(hit.similarity, thresholds, hit.image.pk)
    return band == Band.STRONG or band == least


def _band_figures(known: list[Answer], rule: BandRule) -> list[str]:
    shown = relevant = similar = expected = empty = 0
    for answer in known:
        keys = [demo_gallery.key_of(hit.image) for hit in answer.page.hits if rule(hit)]
        shown += len(keys)
        empty += not keys
        relevant += sum(answer.query.grades.get(key, 0) >= RELEVANT for key in keys)
        similar += sum(key in answer.query.grades for key in keys)
        expected += sum(grade >= RELEVANT for grade in answer.query.grades.values())
    return [
        f"{shown / len(known):.1f}",
        f"{relevant / shown:.3f}",
        f"{similar / shown:.3f}",
        f"{1 - relevant / expected:.3f}",
        f"{empty / len(known):.3f}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--modes", nargs="+", type=Mode, default=list(Mode), choices=list(Mode))
    options = parser.parse_args()
    space = demo_gallery.load()
    of_mode = {mode: answers(mode) for mode in options.modes}
    rows = [row for mode, of in of_mode.items() for row in ranking(of, mode)]
    header = ["mode", "kind", "language", "queries", "nDCG@10", "MRR", "nothing close"]
    print(f"Commit {revision()}\n\n{table(header, rows)}\n")
    header = [
        "shown",
        "hits a query",
        "relevant",
        "or similar",
        "relevant ones hidden",
        "queries without a hit",
    ]
    for mode, of in of_mode.items():
        print(f"Bands, mode {mode}, queries with an answer:\n")
        print(f"{table(header, band_rows(of, space))}\n")


if __name__ == "__main__":
    main()
