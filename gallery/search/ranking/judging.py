"""Judge how well ranked images match: the band of each, and whether anything is close."""

from __future__ import annotations

import uuid

from gallery.models import EmbeddingSpace
from gallery.search.bands import BandThresholds, band_of, best_of, nothing_close, with_best
from gallery.search.query import Band
from gallery.search.relevance import combined_thresholds
from gallery.search.window import Entry, Window

# One for each query vector; empty if one of them has none.
ThresholdsByVector = tuple[BandThresholds, ...]
_WORST_FIRST = (Band.WEAK, Band.GOOD, Band.STRONG)


def window_thresholds(window: Window, space: EmbeddingSpace | None) -> ThresholdsByVector:
    """The thresholds of the vectors that the window was ranked by."""
    of_vectors = []
    for position, mixture in enumerate(window.mixtures):
        thresholds = combined_thresholds(space, mixture) if space else None
        if thresholds is None:
            return ()
        if not mixture.is_one_term:
            best = best_of(_similarities(window, position), thresholds)
            thresholds = with_best(thresholds, best)
        of_vectors.append(thresholds)
    return tuple(of_vectors)


def band(entry: Entry, thresholds: ThresholdsByVector) -> Band | None:
    """An exact match is strong, and an image that has all words is at least good, whatever its
    similarity is.
    """
    if entry.exact:
        return Band.STRONG
    by_meaning = None
    similarity = _judged(entry)
    if similarity is not None and thresholds:
        by_meaning = _by_similarity(
            entry.image_id, similarity, _thresholds_of_entry(entry, thresholds)
        )
    if entry.all_words and by_meaning != Band.STRONG:
        return Band.GOOD
    return by_meaning


def relevant(window: Window, thresholds: ThresholdsByVector) -> tuple[Entry, ...]:
    """The entries that are strong or good; all if no threshold is known or no entry is."""
    good = (Band.STRONG, Band.GOOD)
    if not thresholds:
        return window.entries
    return tuple(e for e in window.entries if band(e, thresholds) in good) or window.entries


def is_nothing_close(window: Window, thresholds: ThresholdsByVector) -> bool:
    """Whether even the best entry of each vector probably is no answer. An empty window is not
    judged.
    """
    if not thresholds or any(entry.all_words for entry in window.entries):
        return False
    judged = []
    for position, of_vector in enumerate(thresholds):
        best = best_of(_similarities(window, position), of_vector)
        if best is not None:
            judged.append(nothing_close(best, of_vector))
    return bool(judged) and all(judged)


def _similarities(window: Window, position: int) -> list[tuple[uuid.UUID, float]]:
    """Of the entries that are nearest to the vector at this position, or may be."""
    return [
        (entry.image_id, similarity)
        for entry in window.entries
        if (similarity := _judged(entry)) is not None and entry.vector in (None, position)
    ]


def _judged(entry: Entry) -> float | None:
    return entry.similarity if entry.judged is None else entry.judged


def _thresholds_of_entry(entry: Entry, thresholds: ThresholdsByVector) -> ThresholdsByVector:
    """Those of the vector that the entry is nearest to; all where that vector is not known."""
    return thresholds if entry.vector is None else (thresholds[entry.vector],)


def _by_similarity(image_id: uuid.UUID, similarity: float, thresholds: ThresholdsByVector) -> Band:
    bands = [band_of(similarity, one, image_id) for one in thresholds]
    return min(bands, key=_WORST_FIRST.index)
