"""The hits of a search as the page shows them: good ones first, weak ones apart."""

from __future__ import annotations

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
    Reason.MEANING: _("Looks like it"),
}


@dataclass(frozen=True)
class ShownHit:
    """``labels`` say why it is a hit, where that tells hits apart. The addresses repeat the
    search with one change: the hit liked or disliked (or no longer), or its copies unfolded.
    """

    hit: Hit
    labels: tuple[Promise, ...]
    liked: bool
    disliked: bool
    more: SearchAddress
    less: SearchAddress
    unfolded: SearchAddress


@dataclass(frozen=True)
class ShownHits:
    """``weak_count`` is the number of all weak hits; None if it is not known."""

    relevant: list[ShownHit]
    weak: list[ShownHit]
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
    return ShownHits(
        relevant=[_shown(hit, result, address) for hit in relevant],
        weak=[_shown(hit, result, address) for hit in weak],
        weak_count=None if later_page else _weak_count(result, len(relevant), len(weak)),
        next=address.replacing("cursor", result.next) if result.next else None,
        first=address if later_page else None,
    )


def _weak_count(result: ResultPage, relevant: int, weak: int) -> int | None:
    if not result.next:
        return weak
    by_relevance = result.query.order is Order.RELEVANCE and result.query.min_similarity is None
    if result.total is None or not result.total.exact or result.query.fold or not by_relevance:
        return None
    return result.total.count - relevant


def _shown(hit: Hit, result: ResultPage, address: SearchAddress) -> ShownHit:
    key, query = hit.image.pk, result.query
    liked, disliked = key in query.liked, key in query.disliked
    neutral = address.without_value("more", key).without_value("less", key)
    return ShownHit(
        hit,
        labels=_labels(hit, result),
        liked=liked,
        disliked=disliked,
        more=neutral if liked else neutral.with_value("more", key),
        less=neutral if disliked else neutral.with_value("less", key),
        unfolded=address.replacing("fold", UNFOLDED),
    )


def _labels(hit: Hit, result: ResultPage) -> tuple[Promise, ...]:
    """The words that match; or that it looks like it, if that is the exception."""
    matches = tuple(_LABELS[reason] for reason in hit.reasons if reason is not Reason.MEANING)
    if matches or hit.band is Band.WEAK or not hit.reasons:
        return matches
    relevant = [other for other in result.hits if other.band is not Band.WEAK]
    by_meaning = sum(other.reasons == (Reason.MEANING,) for other in relevant)
    return (_LABELS[Reason.MEANING],) if 2 * by_meaning <= len(relevant) else ()
