"""How well a suggested tag fits, compared with the other pictures of the gallery (pure)."""

from __future__ import annotations

from enum import Enum

from gallery.models import TagScoring


class Strength(Enum):
    STRONG = "strong"
    GOOD = "good"
    POSSIBLE = "possible"


# So many spreads above the median of the tag's cosines with the gallery, of which a threshold
# without decisions is 2 above.
LEAST_SPREADS = {Strength.STRONG: 4.0, Strength.GOOD: 3.0}


def strength_of(score: float | None, scoring: TagScoring | None) -> Strength:
    if score is None or scoring is None:
        return Strength.POSSIBLE
    above = score - scoring.median
    reached = (
        strength for strength, spreads in LEAST_SPREADS.items() if above >= spreads * scoring.spread
    )
    return next(reached, Strength.POSSIBLE)
