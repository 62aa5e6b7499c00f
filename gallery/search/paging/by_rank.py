"""Pages of ranked images: first those of the window, then all others by their distance."""

from __future__ import annotations

import dataclasses
import uuid
from dataclasses import dataclass, field

from gallery.models import Image, ImageQuerySet
from gallery.search.paging.rows import RowOptions, rows_by_id
from gallery.search.query import Reason, SearchQuery
from gallery.search.vectors.meaning import Meaning
from gallery.search.window import Entry, Window
from gallery.vectorindex.best_of import nearest_to_any
from gallery.vectorindex.neighbours import Neighbour

# Before all neighbours.
_START = Neighbour(uuid.UUID(int=0), -1.0)


@dataclass
class Page:
    """``index`` is the first entry of the window that is not shown yet; ``after`` the last
    neighbour beyond the window that is shown; ``more`` whether another page follows.
    """

    index: int = 0
    after: Neighbour | None = None
    more: bool = False
    ranked_images: list[tuple[Entry, Image]] = field(default_factory=list)

    def is_beyond(self, window: Window) -> bool:
        """Whether the page continues with images that the window does not have."""
        return not window.complete and self.index >= len(window.entries)


def take_from_window(
    page: Page, window: Window, images: ImageQuerySet, *, query: SearchQuery, options: RowOptions
) -> None:
    """Add the next entries of the window. Images that were deleted or hidden since, or that are
    not similar enough, are replaced by the following ones.
    """
    while len(page.ranked_images) < query.limit and page.index < len(window.entries):
        entries = window.entries[page.index : page.index + query.limit - len(page.ranked_images)]
        rows = rows_by_id([entry.image_id for entry in entries], images, options)
        page.index += len(entries)
        for entry in entries:
            row = rows.get(entry.image_id)
            if row is None:
                continue
            entry = _with_similarity(entry, row)
            if query.is_near_enough(entry.similarity):
                page.ranked_images.append((entry, row))
        options = dataclasses.replace(options, counts=())
    page.more = page.index < len(window.entries) or not window.complete


def take_beyond(
    page: Page,
    images: ImageQuerySet,
    *,
    query: SearchQuery,
    meaning: Meaning,
    options: RowOptions,
) -> None:
    """Add the nearest of ``images``, those that the window does not have, by exact search. So
    images that the index missed, and images that are new since, come here.
    """
    missing = query.limit - len(page.ranked_images)
    beyond, page.more = page.after or _START, False
    if meaning.space is None or not meaning.vectors:
        return
    neighbours = nearest_to_any(
        meaning.space, meaning.vectors, within=images, limit=missing + 1, beyond=beyond
    )
    close = [neighbour for neighbour in neighbours if query.is_near_enough(1 - neighbour.distance)]
    rows = rows_by_id([neighbour.image_id for neighbour in close[:missing]], images, options)
    for neighbour in close[:missing]:
        if row := rows.get(neighbour.image_id):
            entry = Entry(neighbour.image_id, 1 - neighbour.distance, (Reason.MEANING,))
            page.ranked_images.append((entry, row))
        page.after = neighbour
    page.more = len(close) > missing


def _with_similarity(entry: Entry, row: Image) -> Entry:
    if entry.similarity is not None:
        return entry
    return entry._replace(similarity=getattr(row, "query_similarity", None))
