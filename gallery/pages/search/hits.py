"""The hits of a search as the page shows them: good ones first, weak ones apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gallery.pages.search.address import SearchAddress
from gallery.pages.search.form import UNFOLDED
from gallery.search.query import Band, Hit, Order, Reason, ResultPage

_LABELS: dict[Reason, Promise] = {
    Reason.TITLE: _("Title"),
    Reason.CAPTION: _("Caption"),
    Reason.FILE_NAME: _("File name"),
    Reason.CAMERA: _("Camera"),
    Reason.METADATA: _("Metadata"),
    Reason.TAGS: _("Tags"),
    Reason.MEANING: _("Looks like it"),
}


@dataclass(frozen=True)
class ShownHit:
    """``label`` says why it is a hit, where that tells hits apart. The addresses repeat the
    search with one change: the hit liked (or no longer) or disliked, or its copies unfolded.
    """

    hit: Hit
    label: Promise | None
    liked: bool
    more: str
    less: str
    unfolded: SearchAddress


@dataclass(frozen=True)
class ShownHits:
    """The counts are of pictures, near-duplicates that are folded into a hit too.

    ``shown_count`` and ``relevant_count`` are those of this page. ``weak_count`` is that of all
    pages; None if it is not known.
    """

    relevant: list[ShownHit]
    weak: list[ShownHit]
    shown_count: int
    relevant_count: int
    weak_count: int | None
    next: SearchAddress | None
    first: SearchAddress | None

    @property
    def nothing_relevant(self) -> bool:
        return not self.relevant and self.first is None


def shown_hits(result: ResultPage, address: SearchAddress) -> ShownHits:
    relevant = [hit for hit in result.hits if hit.band is not Band.WEAK]
    weak = [hit for hit in result.hits if hit.band is Band.WEAK]
    later_page = bool(result.query.cursor)
    reasons = Counter(map(_reason, relevant))
    unfolded = address.replacing("fold", UNFOLDED)

    def shown(hit: Hit) -> ShownHit:
        key, query = hit.image.pk, result.query
        liked, judged = key in query.liked, address
        if liked or key in query.disliked:
            judged = address.without_value("more", key).without_value("less", key)
        return ShownHit(
            hit=hit,
            label=_label(hit, reasons),
            liked=liked,
            more=str(judged) if liked else judged.text_with("more", key),
            less=judged.text_with("less", key),
            unfolded=unfolded,
        )

    return ShownHits(
        relevant=[shown(hit) for hit in relevant],
        weak=[shown(hit) for hit in weak],
        shown_count=_pictures(result.hits),
        relevant_count=_pictures(relevant),
        weak_count=None if later_page else _weak_count(result, relevant, weak),
        next=address.replacing("cursor", result.next) if result.next else None,
        first=address if later_page else None,
    )


def _weak_count(result: ResultPage, relevant: list[Hit], weak: list[Hit]) -> int | None:
    if not result.next:
        return _pictures(weak)
    by_relevance = result.query.order is Order.RELEVANCE and result.query.min_similarity is None
    if not result.total.exact or not by_relevance:
        return None
    return result.total.count - _pictures(relevant)


def _pictures(hits: list[Hit]) -> int:
    return sum(1 + hit.copies for hit in hits)


def _label(hit: Hit, reasons: Counter[Reason | None]) -> Promise | None:
    """The first reason, but only if it is not the reason of all hits.

    Looking like it is the usual reason: it is said only where it is the exception. ``reasons``
    are those of the relevant hits.
    """
    reason = _reason(hit)
    usual = reasons[reason] == reasons.total()
    if reason is Reason.MEANING:
        usual = hit.band is Band.WEAK or 2 * reasons[reason] > reasons.total()
    return None if usual or reason is None else _LABELS[reason]


def _reason(hit: Hit) -> Reason | None:
    """Words that match say more than looking like it."""
    words = [reason for reason in hit.reasons if reason is not Reason.MEANING]
    return next(iter([*words, *hit.reasons]), None)
