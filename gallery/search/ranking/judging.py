"""Judge how well ranked images match: the band of each, and whether anything is close."""

from __future__ import annotations

from gallery.search.bands import BandThresholds, band_of, best_of, nothing_close
from gallery.search.query import Band
from gallery.search.window import Entry, Window


def band(entry: Entry, thresholds: BandThresholds | None) -> Band | None:
    """An exact match is strong, and an image that has all words is at least good, whatever its
    similarity is.
    """
    if entry.exact:
        return Band.STRONG
    by_meaning = None
    if entry.similarity is not None and thresholds is not None:
        by_meaning = band_of(entry.similarity, thresholds, entry.image_id)
    if entry.all_words and by_meaning != Band.STRONG:
        return Band.GOOD
    return by_meaning


def relevant(window: Window, thresholds: BandThresholds | None) -> tuple[Entry, ...]:
    """The entries that are strong or good; all if no threshold is known or no entry is."""
    good = (Band.STRONG, Band.GOOD)
    if thresholds is None:
        return window.entries
    return tuple(e for e in window.entries if band(e, thresholds) in good) or window.entries


def is_nothing_close(window: Window, thresholds: BandThresholds | None) -> bool:
    """Whether even the best entry probably is no answer. An empty window is not judged."""
    if thresholds is None or any(entry.all_words for entry in window.entries):
        return False
    known = ((e.image_id, e.similarity) for e in window.entries if e.similarity is not None)
    return nothing_close(best_of(known, thresholds), thresholds)
