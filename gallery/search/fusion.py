"""One ranking from the ranking by meaning and the ranking by words (pure).

Reciprocal rank fusion: an image's score is the sum of 1 / (60 + rank) over the rankings. Source:
Cormack, Clarke, Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank
Learning Methods", SIGIR 2009.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from gallery.search.lexical import LexicalMatch
from gallery.search.query import Reason

_K = 60
# All constants below were measured on the demo pictures (nDCG@10, docs/decisions/0010).
# Pictures whose titles share half of the words with a query do not displace those that mean it.
_POWER_OF_COVERAGE = 5
_NAMES = frozenset({Reason.TITLE, Reason.FILE_NAME})
_WEAK = frozenset({Reason.CAMERA, Reason.METADATA})
_WEIGHT_OF_WEAK_FIELDS = 0.3
# Twice as many images by meaning as by words are compared, because no ranking is perfect.
_DEPTH_OF_AGREEMENT, _LEAST_DEPTH = 2, 10
_POWER_OF_AGREEMENT = 2
# An image that has all words follows at the latest after so many that are found by meaning.
_MOST_BEFORE = 8


@dataclass(frozen=True)
class Candidate:
    """An image in the fused ranking. ``similarity`` is None if only its words match.

    ``reasons`` begins with the fields that match; ``Reason.MEANING`` follows if the image is in
    the ranking by meaning, however similar it is.
    """

    image_id: uuid.UUID
    similarity: float | None
    reasons: tuple[Reason, ...]
    exact: bool


def fuse(
    similarities: Sequence[tuple[uuid.UUID, float]], matches: Sequence[LexicalMatch]
) -> list[Candidate]:
    """Every image of both rankings, which are best first, once; best first.

    Whole titles and file names come first, then phrases, then the others by their score. A match
    counts the less, the fewer of the text's words it has: a frequent word does not move an image
    past one that means the text. All words in a title or a file name count fully. In a caption,
    which has many words, they may meet by chance. So they count as far as such matches agree with
    the meaning of this text, but are never put off to a late page.
    """
    by_meaning = dict(similarities)
    by_words = {match.image_id: match for match in matches}
    scores = _scores(similarities, matches)

    def order(key: uuid.UUID) -> tuple[bool, bool, float]:
        match = by_words.get(key)
        return (not (match and match.whole), not (match and match.exact), -scores[key])

    # sorted() is stable: equal scores keep the order of the rankings.
    return [_candidate(key, by_meaning, by_words) for key in sorted(scores, key=order)]


def _scores(
    similarities: Sequence[tuple[uuid.UUID, float]], matches: Sequence[LexicalMatch]
) -> dict[uuid.UUID, float]:
    agreement = _agreement(similarities, matches)
    scores = {key: 1 / (_K + rank) for rank, (key, _) in enumerate(similarities, start=1)}
    for rank, match in enumerate(matches, start=1):
        weight, least = _weight(match), 0.0
        if not _is_named(match):
            weight *= agreement
            # The score of that image by meaning, which stays before it.
            least = 1 / (_K + _MOST_BEFORE + rank - 1) if match.coverage >= 1 else 0.0
        score = scores.get(match.image_id, 0.0) + weight / (_K + rank)
        scores[match.image_id] = max(score, least)
    return scores


def _is_named(match: LexicalMatch) -> bool:
    """Whether a title or file name has words of the text."""
    return not _NAMES.isdisjoint(match.reasons)


def _agreement(
    similarities: Sequence[tuple[uuid.UUID, float]], matches: Sequence[LexicalMatch]
) -> float:
    """From 0 to 1: how many images with all words outside the title are near by meaning too.

    Words that stand in captions by chance are in images that the ranking by meaning has far down.
    """
    keys = [match.image_id for match in matches if match.coverage >= 1 and not _is_named(match)]
    if not keys or not similarities:
        return 1.0
    depth = max(_DEPTH_OF_AGREEMENT * len(keys), _LEAST_DEPTH)
    nearest = {key for key, _ in similarities[:depth]}
    share: float = sum(key in nearest for key in keys) / len(keys)
    return share**_POWER_OF_AGREEMENT


def _weight(match: LexicalMatch) -> float:
    """From 0 to 1: all words in a field that people write count 1, half of them 0.03."""
    only_weak = _WEAK.issuperset(match.reasons)
    weight: float = match.coverage**_POWER_OF_COVERAGE
    return weight * (_WEIGHT_OF_WEAK_FIELDS if only_weak else 1)


def _candidate(
    key: uuid.UUID,
    by_meaning: dict[uuid.UUID, float],
    by_words: dict[uuid.UUID, LexicalMatch],
) -> Candidate:
    match = by_words.get(key)
    reasons = match.reasons if match else ()
    if key in by_meaning:
        reasons = (*reasons, Reason.MEANING)
    return Candidate(key, by_meaning.get(key), reasons, bool(match and match.exact))
