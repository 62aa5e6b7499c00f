"""Search: the only entrance. Ranks images, takes a page of them and judges its hits."""

from __future__ import annotations

import dataclasses
import time

from gallery.models import Image, ImageQuerySet, User
from gallery.search.candidates import candidates
from gallery.search.checks import check
from gallery.search.paging import kept_windows
from gallery.search.paging.pages import ImagePage, Ranking, page_at
from gallery.search.paging.position import Position, cursor_of, expired, position_of
from gallery.search.query import Band, Hit, Order, RelevantImages, ResultPage, SearchQuery
from gallery.search.ranking import folding, judging, leading_away
from gallery.search.ranking.rank import rank
from gallery.search.ranking.unlike import without_matches
from gallery.search.vectors.meaning import Meaning
from gallery.search.vectors.query_vector import all_terms, compared_images
from gallery.search.vectors.term_vectors import check_visible
from gallery.search.window import SIZE, Window


def search(query: SearchQuery, user: User, *, within: ImageQuerySet | None = None) -> ResultPage:
    """Find visible images by meaning and by words, best first or by date; with ``within``, only
    these are ranked.

    Raises ``InvalidInput`` for a query that is not valid (``data`` has the ``field`` and its
    ``limit``), ``BadCursor``, ``NotFound`` for an image or query picture that does not exist or
    is not visible, ``EncoderUnavailable`` if no vector can be computed and no words match,
    ``NoVector`` if this query has none, and ``OutOfMemory``.
    """
    started = time.perf_counter()
    check(query)
    position = position_of(query, user)
    ranking = _ranking(query, user, position, within)
    page = page_at(position or Position(), ranking)
    thresholds = judging.window_thresholds(ranking.window, ranking.meaning.space)
    return ResultPage(
        hits=_hits(page, thresholds),
        encoder=ranking.meaning.space.encoder if ranking.meaning.space else "",
        took_ms=round((time.perf_counter() - started) * 1000, 1),
        pending=page.pending,
        nothing_close=judging.is_nothing_close(ranking.window, thresholds),
        query=query,
        next=cursor_of(page.next, query, user) if page.next else "",
        total=page.total,
        meaning_unavailable=ranking.meaning.failure is not None,
    )


def relevant_images(
    query: SearchQuery, user: User, *, within: ImageQuerySet | None = None
) -> RelevantImages:
    """The images that ``search`` judges to match, near-duplicates included; all that meet the
    conditions if none does (``matched`` is False), or there is nothing to compare with. With
    ``within``, only these are compared.

    With the cursor of a page, they are those of the ranking that the page belongs to, and nothing
    is ranked again. Raises the same errors.
    """
    check(query)
    ranking = _ranking(query, user, position_of(query, user), within)
    window = ranking.window
    thresholds = judging.window_thresholds(window, ranking.meaning.space)
    matches = [
        entry
        for entry in window.entries
        if query.is_near_enough(entry.similarity)
        and (not thresholds or judging.band(entry, thresholds) in (Band.STRONG, Band.GOOD))
    ]
    if not matches:
        return RelevantImages(ranking.images, complete=True, matched=ranking.is_list)
    images = ranking.visible.filter(pk__in=folding.with_copies(window, matches))
    return RelevantImages(images, complete=window.complete or len(matches) < len(window.entries))


def _ranking(
    query: SearchQuery, user: User, position: Position | None, within: ImageQuerySet | None = None
) -> Ranking:
    visible = Image.objects.visible_to(user)
    images = candidates(query, user, visible if within is None else within)
    if query.unlike:
        images = without_matches(images, query.unlike)
    meaning = Meaning(query, visible)
    is_list = not (all_terms(query) or query.liked)
    if is_list:
        window = Window((), complete=False)
    elif position is None:
        window = _ranked_window(query, images, meaning, user)
    else:
        # Whoever may no longer see an image may not go on comparing with it.
        check_visible(compared_images(query), visible)
        window = _kept_window(position, meaning)
    return Ranking(
        query=query,
        user=user,
        visible=visible,
        images=images,
        meaning=meaning,
        window=window,
        key=position.window if position else "",
        is_list=is_list,
    )


def _ranked_window(
    query: SearchQuery, images: ImageQuerySet, meaning: Meaning, user: User
) -> Window:
    def rank_images(size: int = SIZE) -> Window:
        window = rank(
            query, images, user=user, space=meaning.space, vectors=meaning.vectors, size=size
        )
        return leading_away.judged(window, query, meaning, user)

    window = dataclasses.replace(rank_images(), mixtures=meaning.mixtures)
    if meaning.failure and not window.entries:
        raise meaning.failure
    if query.order != Order.RELEVANCE:
        relevant = judging.relevant(window, judging.window_thresholds(window, meaning.space))
        window = dataclasses.replace(window, entries=relevant, complete=True)
    if not (query.fold and meaning.space):
        return window
    folded = folding.folded(window, meaning.space)
    if len(folded.entries) < query.limit and not window.complete:
        # The exact search of what follows the window would take as long as comparing all vectors.
        return folding.continued(folded, rank_images(size=2 * SIZE))
    return folded


def _kept_window(position: Position, meaning: Meaning) -> Window:
    """Similarities of a window that was ranked in another space do not compare."""
    if position.space_id != (meaning.space.pk if meaning.space else None):
        raise expired()
    return kept_windows.recall(position.window)


def _hits(page: ImagePage, thresholds: judging.ThresholdsByVector) -> list[Hit]:
    hits = []
    for entry, image in page.ranked_images:
        vector = getattr(image, "own_vector", None)
        hits.append(
            Hit(
                image=image,
                similarity=None if entry.similarity is None else round(entry.similarity, 4),
                band=judging.band(entry, thresholds),
                reasons=entry.reasons,
                copies=entry.copies,
                vector=None if vector is None else tuple(vector),
            )
        )
    return hits
