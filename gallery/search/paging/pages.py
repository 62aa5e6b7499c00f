"""One page of a search: its images, where the next page begins, and what is counted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from gallery.models import Image, ImageQuerySet, User
from gallery.search.paging import by_date, by_rank, kept_windows, totals
from gallery.search.paging.position import Position
from gallery.search.paging.rows import RowOptions
from gallery.search.query import Order, SearchQuery, Total
from gallery.search.vectors.meaning import Meaning
from gallery.search.window import Entry, Window

RankedImages = list[tuple[Entry, Image]]


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """The ranked window of a query, and what its pages are made of.

    ``images`` are all that meet the conditions, ``visible`` all that the person may see. ``key``
    names the window if it is kept already. A query of conditions alone has an empty window, and
    ``is_list`` is True: all ``images`` are listed by date.
    """

    query: SearchQuery
    user: User
    visible: ImageQuerySet
    images: ImageQuerySet
    meaning: Meaning
    window: Window
    key: str = ""
    is_list: bool = False

    @cached_property
    def options(self) -> RowOptions:
        """The first statement of a page also counts."""
        unknown = any(entry.similarity is None for entry in self.window.entries)
        vectors = self.meaning.vectors if unknown else ()
        return RowOptions(
            space=self.meaning.space,
            vector=vectors[0] if vectors else None,
            vectors_for=self.user if self.query.with_vector else None,
            counts=tuple((name, rows) for name, rows in self._counted() if rows is not None),
        )

    def _counted(self) -> list[tuple[str, QuerySet[Any, Any] | None]]:
        countable = None
        if self.needs_count and self.sample is None:
            countable = totals.countable(self.images, self.meaning.space)
        return [("counted", countable), ("pending", totals.pending(self.visible).values("pk"))]

    @property
    def needs_count(self) -> bool:
        return totals.needs_count(self.query, self.window)

    @cached_property
    def sample(self) -> int | None:
        """What an earlier search has counted."""
        return totals.recent_sample(self.images, self.meaning.space) if self.needs_count else None


@dataclass(frozen=True)
class ImagePage:
    ranked_images: RankedImages
    next: Position | None
    total: Total
    pending: int


def page_at(position: Position, ranking: Ranking) -> ImagePage:
    """The page of the ranking that begins at ``position``."""
    by_rank_order = ranking.query.order == Order.RELEVANCE and not ranking.is_list
    ranked_images, following = (_by_rank if by_rank_order else _by_date)(position, ranking)
    row = ranked_images[0][1] if ranked_images else None
    pending = totals.pending(ranking.visible).count() if row is None else vars(row)["pending"]
    total = _total(ranking, row)
    if ranking.is_list:
        shown = position.shown + len(ranked_images)
        total = totals.at_least(total, shown, complete=following is None)
    return ImagePage(ranked_images, following, total, pending)


def _total(ranking: Ranking, row: Image | None) -> Total:
    """``row`` is one of the page."""
    counted, space = ranking.sample, ranking.meaning.space
    if counted is None:
        counted = getattr(row, "counted", 0 if ranking.is_list else None)
        if ranking.needs_count and counted:
            totals.keep_sample(ranking.images, space, counted)
    return totals.total_of(ranking.window, counted, space)


def _by_rank(position: Position, ranking: Ranking) -> tuple[RankedImages, Position | None]:
    query, window = ranking.query, ranking.window
    index = len(window.entries) if position.after else position.index
    page = by_rank.Page(index=index, after=position.after)
    by_rank.take_from_window(page, window, ranking.images, query=query, options=ranking.options)
    if page.is_beyond(window) and len(page.ranked_images) < query.limit:
        by_rank.take_beyond(
            page,
            ranking.images.exclude(pk__in=[*window.ids, *window.folded]),
            query=query,
            meaning=ranking.meaning,
            options=ranking.options,
        )
    following = _kept(ranking, index=page.index, after=page.after) if page.more else None
    return page.ranked_images, following


def _by_date(position: Position, ranking: Ranking) -> tuple[RankedImages, Position | None]:
    entries = {entry.image_id: entry for entry in ranking.window.entries}
    images = ranking.images if ranking.is_list else ranking.images.filter(pk__in=list(entries))
    rows, last = by_date.page_by_date(
        images,
        ranking.options,
        after=position.dated,
        oldest=ranking.query.order == Order.OLDEST,
        limit=ranking.query.limit,
    )
    ranked_images = [(entries.get(row.pk) or Entry(row.pk, None), row) for row in rows]
    if last is None:
        return ranked_images, None
    if not ranking.is_list:
        return ranked_images, _kept(ranking, dated=last)
    return ranked_images, Position(dated=last, shown=position.shown + len(ranked_images))


def _kept(ranking: Ranking, **position: Any) -> Position | None:
    """None if the window cannot be kept."""
    key = ranking.key or kept_windows.keep(ranking.window, ranking.user)
    space = ranking.meaning.space
    return Position(window=key, space_id=space.pk if space else None, **position) if key else None
