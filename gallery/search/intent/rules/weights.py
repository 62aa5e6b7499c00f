"""“Mostly sky”, “with a bit of sand”, 有一点沙滩, 以自行车为主: words that count more or less."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gallery.search.intent.intent import Kind
from gallery.search.intent.rules.candidate import Candidate, Context, begins_clause

# A text of the query has the weight 1.
MUCH = 2.0
LITTLE = 0.5
_END = r"(?=\s*(?:[,;.!?，。；！？]|$|\bwith\b|\band\b|\bbut\b))"
_MUCH = re.compile(
    rf"\b(?:mostly|mainly|predominantly|primarily) (?P<words>[^,;.!?]{{1,60}}?){_END}"
    r"|主要是(?P<zh>[^，。；,;\s]{1,20})|以(?P<both>[^，。；,;\s]{1,12}?)为主",
    re.IGNORECASE,
)
_LITTLE = re.compile(
    r"\b(?:with |and )?(?:just )?a (?:little )?(?:bit|touch|hint) of "
    rf"(?:an? |the )?(?P<words>[^,;.!?]{{1,60}}?){_END}",
    re.IGNORECASE,
)
_CHINESE_LITTLE = re.compile(r"(?:有一?|带一?)点儿?(?P<words>[^，。；,;\s]{1,12})")


def weight_candidates(text: str, context: Context) -> Iterator[Candidate]:
    for match in _MUCH.finditer(text):
        words = match["words"] or match["zh"] or match["both"]
        yield _weighted(match, words, MUCH)
    for match in _LITTLE.finditer(text):
        if text[: match.start()].strip():
            yield _weighted(match, match["words"], LITTLE)
    for match in _CHINESE_LITTLE.finditer(text):
        # 有点老的房子 is a house that is a bit old.
        if match.start() and begins_clause(text, match.start()):
            yield _weighted(match, match["words"], LITTLE)


def _weighted(match: re.Match[str], words: str, weight: float) -> Candidate:
    return Candidate(
        start=match.start(),
        end=match.end(),
        kind=Kind.WEIGHT,
        words=(words.strip(),),
        weight=weight,
    )
