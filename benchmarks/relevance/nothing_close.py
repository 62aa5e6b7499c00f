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
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from django.contrib.auth.models import AnonymousUser

from benchmarks.protocol import revision, table
from benchmarks.relevance import demo_gallery
from benchmarks.relevance.measures import mean
from benchmarks.relevance.query_groups import EACH, Group, Pictures, picture_groups, text_groups
from gallery.core.query_kind import QueryKind
from gallery.models import EmbeddingSpace
from gallery.search import relevance
from gallery.search.bands import BandThresholds, best_of, nothing_close
from gallery.search.calibration.measure import constants_of
from gallery.search.engine import search
from gallery.search.query import ResultPage
from tools.evaluation.partial_questions import demo_titles
from tools.evaluation.unknown_pictures import unknown_pictures

SHARE = 10  # one added picture for this many demo pictures


@dataclass(frozen=True)
class Judges:
    """The thresholds to compare with the engine's own judgement."""

    model: BandThresholds
    with_hubs: BandThresholds

    @classmethod
    def of(cls, space: EmbeddingSpace, kind: QueryKind) -> Judges:
        constants, measured = constants_of(space, kind), relevance.measured_thresholds(space, kind)
        if constants is None or measured is None:
            raise SystemExit("The built-in encoder has no constants, or nothing was measured.")
        model = BandThresholds(constants.weak, constants.good, constants.strong)
        return cls(model, replace(model, hubs=measured.hubs))

    def row(self, name: str, pages: Sequence[ResultPage]) -> list[str]:
        """The shares of the pages that each of the judges calls "nothing close"."""
        judgements = [
            (self._judge(page, self.model), self._judge(page, self.with_hubs), page.nothing_close)
            for page in pages
        ]
        shares = (mean(flags) for flags in zip(*judgements, strict=True))
        return [name, str(len(pages)), *(f"{share:.3f}" for share in shares)]

    @staticmethod
    def _judge(page: ResultPage, thresholds: BandThresholds) -> bool:
        pairs = [(hit.image.pk, hit.similarity or -1.0) for hit in page.hits]
        return nothing_close(best_of(pairs, thresholds), thresholds)


def rows(space: EmbeddingSpace, kind: QueryKind, groups: Sequence[Group]) -> list[list[str]]:
    judges = Judges.of(space, kind)
    lines, every = [], []
    for group in groups:
        pages = [search(query, AnonymousUser()) for query in group.queries]
        lines.append(judges.row(group.name, pages))
        if group.answers:
            right = [
                page
                for page, keys in zip(pages, group.answers, strict=True)
                if _is_right(page, keys)
            ]
            lines.append(judges.row("… and the best hit is right", right))
        else:
            every += pages
    return [*lines, judges.row(f"unknown {kind}s, all", every)]


def _is_right(page: ResultPage, keys: Collection[str]) -> bool:
    return bool(page.hits) and demo_gallery.key_of(page.hits[0].image) in keys


def report(space: EmbeddingSpace, added: str, texts: list[Group], like: list[Group]) -> None:
    """``added`` is the kind of the added pictures: searches by such pictures have answers now."""
    searched = [group for group in like if not (group.kind and group.kind in added)]
    lines = rows(space, QueryKind.TEXT, texts) + rows(space, QueryKind.PICTURE, searched)
    header = ["query", "queries", "constants of the model", "and hubs", "engine"]
    print(f"\nThe demo gallery{added}\n\n{table(header, lines)}", flush=True)


def added_pictures(kinds: Mapping[str, Pictures]) -> dict[str, Pictures]:
    """The last pictures of each kind: the first are queries."""
    count = len(demo_titles()[0]) // SHARE
    names = ("noise", "a page of text", "part of a photograph")
    return {"": (), **{f" + 10 % {name}": kinds[name][-count:] for name in names}}


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


if __name__ == "__main__":
    main()
