"""How many places of a feed each interest gets (pure).

If n of the pictures nearest to an interest belong to it, each of these is the one that the person
wants to see with the chance 1/n. So interests of few pictures get more places, until their
pictures are used up. The figures are from docs/decisions/0033-several-interests.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

# Each interest first gets this part of the places that its weight stands for, and at least one if
# its weight stands for a whole place.
_GUARANTEED = 0.2
# The width of the logistic function, as a part of the distance between the mean similarity of the
# pictures that belong and that of the others. If the threshold is half-way between these means, the
# chance of belonging is 0.92 at the one and 0.08 at the other.
_WIDTH = 0.2
# An interest of half as many pictures gets about four times as many places.
_POWER = 2


def places_of(
    similarities: Sequence[Numbers], weights: Sequence[float], kinds: Sequence[str], count: int
) -> list[int]:
    """The number of places of each interest: ``count`` together, or fewer if there are fewer
    pictures.

    ``similarities`` are those of the nearest pictures of each interest, best first, and
    comparable among interests of a kind. ``weights`` have the sum 1. Each next place goes to the
    interest whose worth, divided by the number of its places, is the highest (D'Hondt).
    """
    chances = _chances(similarities, kinds)
    sizes = [max(float(each.sum()), 1e-9) for each in chances]
    places = [
        min(_guaranteed(weight * count), len(each))
        for weight, each in zip(weights, chances, strict=True)
    ]
    while sum(places) < count:
        worths = [
            (weight * each[taken] / size) ** _POWER / (taken + 1) if taken < len(each) else -1.0
            for weight, each, size, taken in zip(weights, chances, sizes, places, strict=True)
        ]
        if not worths or max(worths) < 0:
            break
        places[int(np.argmax(worths))] += 1
    return places


def _guaranteed(places_by_weight: float) -> int:
    return max(round(_GUARANTEED * places_by_weight), min(int(places_by_weight), 1))


def _chances(similarities: Sequence[Numbers], kinds: Sequence[str]) -> list[Numbers]:
    """For each picture, the chance that it belongs to its interest."""
    of_kind: dict[str, list[Numbers]] = {}
    for own, kind in zip(similarities, kinds, strict=True):
        of_kind.setdefault(kind, []).append(own)
    splits = {kind: _threshold(np.concatenate(same)) for kind, same in of_kind.items()}
    chances = []
    for own, kind in zip(similarities, kinds, strict=True):
        threshold, distance = splits[kind]
        steps = (own - threshold) / max(_WIDTH * distance, 1e-6)
        chances.append(1 / (1 + np.exp(-np.clip(steps, -50, 50))))
    return chances


def _threshold(values: Numbers) -> tuple[float, float]:
    """The value that splits ``values`` into two groups with the most variance between their means
    (Otsu 1979), and the distance of these means.
    """
    values = np.sort(values)
    if len(values) < 2:
        return (float(values[0]) if len(values) else 0.0), 0.0
    below = np.arange(1, len(values))
    sums = np.cumsum(values)
    distances = (sums[-1] - sums[:-1]) / (len(values) - below) - sums[:-1] / below
    best = int(np.argmax(below * (len(values) - below) * distances**2))
    return float(values[best] + values[best + 1]) / 2, float(distances[best])
