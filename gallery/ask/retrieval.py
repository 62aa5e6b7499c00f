"""Which pictures a text is about, among those that a person may see."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from django.db.models.functions import Coalesce
from django.utils import timezone

from gallery.core.config import config
from gallery.core.errors import NotFound
from gallery.models import Image, ImageQuerySet, Tag, User
from gallery.search import engine
from gallery.search.filters import ImageFilter, matching
from gallery.search.intent import NamesVisibleTo, applied, understand
from gallery.search.query import Band, Hit, SearchQuery


@dataclass(frozen=True)
class Scope:
    """The pictures that a question is limited to: named ones, or the results of a search."""

    images: tuple[uuid.UUID, ...] = ()
    search: SearchQuery | None = None


@dataclass(frozen=True)
class Retrieved:
    """``images`` are all that match, and ``best`` are the best of them.

    ``tag`` is the approved tag by which they were chosen. ``at_least``: more may match.
    """

    text: str
    images: ImageQuerySet
    best: tuple[Image, ...]
    tag: Tag | None = None
    at_least: bool = False


def find(text: str, user: User, *, scope: Scope, limit: int) -> Retrieved:
    """Raises the errors of ``search.engine``, and ``NotFound`` for an image of ``scope``."""
    visible = Image.objects.visible_to(user)
    if scope.images:
        images = visible.filter(pk__in=scope.images)
        if images.count() < len(set(scope.images)):
            raise NotFound("There is no such picture.")
        return Retrieved("", images, _newest(images, limit))
    query = _query_of(text, user)
    within, complete = visible, True
    if scope.search is not None:
        within, complete = _results(scope.search, user)
    if query.text and (tag := _tag_of(query, user)) is not None:
        conditions = replace(ImageFilter(tags=[tag.name]), required=(query.conditions,))
        images = matching(within, conditions, user=user)
        best = _newest(images, limit)
        return Retrieved(query.text, images, best, tag=tag, at_least=not complete)
    if not (query.text or query.phrases or query.excluded_words):
        images = matching(within, query.conditions, user=user)
        best = _first(scope.search, user, images, limit) if scope.search else ()
        best = best or _newest(images, limit)
        return Retrieved("", images, best, at_least=not complete)
    return _by_search(query, user, within, limit)


def _query_of(text: str, user: User) -> SearchQuery:
    """The filters and the words of a sentence."""
    text = text[: config().max_query_length]
    intent = understand(text, now=timezone.localtime(), names=NamesVisibleTo(user))
    return applied(SearchQuery(), intent)


def _tag_of(query: SearchQuery, user: User) -> Tag | None:
    """A tag whose name is all that is sought, and that pictures visible to the person have."""
    if query.phrases or query.terms or query.excluded_words:
        return None
    forms = _forms(query.text)
    names = NamesVisibleTo(user).tags(forms)
    name = next((names[form] for form in forms if form in names), None)
    return Tag.objects.named(name).first() if name else None


def _forms(text: str) -> list[str]:
    """The text and its possible singulars: dogs, boxes, cities."""
    text = text.casefold()
    singulars = [
        text.removesuffix(ending) + singular
        for ending, singular in (("s", ""), ("es", ""), ("ies", "y"))
        if text.endswith(ending) and len(text) > len(ending) + 2
    ]
    return [text, *singulars]


def _results(search: SearchQuery, user: User) -> tuple[ImageQuerySet, bool]:
    """The results of a search that match, and whether these are all of them."""
    relevant = engine.relevant_images(search, user)
    return relevant.images if relevant.matched else relevant.images.none(), relevant.complete


def _first(search: SearchQuery, user: User, images: ImageQuerySet, limit: int) -> tuple[Image, ...]:
    """The first of ``images`` in the order of the search, near-duplicates as on its page."""
    limit = min(limit, config().max_results)
    page = engine.search(replace(search, limit=limit, cursor=""), user, within=images)
    return tuple(hit.image for hit in page.hits)


def _by_search(query: SearchQuery, user: User, within: ImageQuerySet, limit: int) -> Retrieved:
    hits, at_least = _relevant(query, user, within)
    images = within.filter(pk__in=[hit.image.pk for hit in hits])
    # Of near-duplicates only one is among the best.
    folded, _ = _relevant(replace(query, fold=True), user, within)
    best = tuple(hit.image for hit in folded[:limit])
    return Retrieved(query.text, images, best, at_least=at_least)


def _relevant(query: SearchQuery, user: User, within: ImageQuerySet) -> tuple[list[Hit], bool]:
    """The hits that match well, and whether there may be more of them."""
    page = engine.search(replace(query, limit=config().max_results), user, within=within)
    is_list = not (query.text or query.terms or query.liked)
    hits = [hit for hit in page.hits if is_list or hit.band in (Band.STRONG, Band.GOOD)]
    return hits, bool(page.next) and len(hits) == len(page.hits)


def _newest(images: ImageQuerySet, limit: int) -> tuple[Image, ...]:
    """By the date when they were taken or, if that is unknown, uploaded, as lists are sorted."""
    # The order of the index ``image_dated``.
    return tuple(images.order_by(Coalesce("taken_at", "created_at").desc(), "-pk")[:limit])
