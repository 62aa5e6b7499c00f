"""Which pictures a text is about, among those that a person may see."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from gallery.ask.subjects.box import Box, intent_of, operators_in
from gallery.ask.tagged import decides, tag_of
from gallery.core.config import config
from gallery.core.errors import NotFound
from gallery.models import Image, ImageQuerySet, Tag, User
from gallery.search import engine
from gallery.search.filters import ImageFilter, matching
from gallery.search.intent import Intent, applied
from gallery.search.query import Band, Hit, Order, SearchQuery
from gallery.search.syntax import parse, unparse


@dataclass(frozen=True)
class Scope:
    """The pictures that a question is limited to: named ones, or the results of a search."""

    images: tuple[uuid.UUID, ...] = ()
    search: SearchQuery | None = None


@dataclass(frozen=True)
class Retrieved:
    """``images`` are all that match, and ``best`` are the best of them.

    ``tag`` is an approved tag of the name that is sought, and ``tagged`` the number of pictures
    with it; if ``tagged_at_least``, more may have it. ``by_tag``: these are all ``images``.
    ``at_least``: more may match. ``box`` is the text for the search box that finds them; empty
    without one. ``sought`` is what was sought, with its dates and other filters; ``filters`` are
    these as operators.
    """

    text: str
    images: ImageQuerySet
    best: tuple[Image, ...]
    sought: Box
    tag: Tag | None = None
    tagged: int = 0
    tagged_at_least: bool = False
    by_tag: bool = False
    at_least: bool = False
    box: str = ""
    filters: tuple[str, ...] = ()


def find(sought: Box, user: User, *, scope: Scope, limit: int) -> Retrieved:
    """Raises the errors of ``search.engine``, and ``NotFound`` for an image of ``scope``."""
    visible = Image.objects.visible_to(user)
    if scope.images:
        images = visible.filter(pk__in=scope.images)
        if images.count() < len(set(scope.images)):
            raise NotFound("There is no such picture.")
        best = _at_one_end(images, sought, limit) or _newest(images, limit)
        return Retrieved("", images, best, sought)
    if not sought.can_be_answered:
        return Retrieved("", visible.none(), (), sought)
    intent = intent_of(sought.text, user)
    query = applied(SearchQuery(), intent)
    within, complete = visible, True
    if scope.search is not None:
        within, complete = _results(scope.search, user)
    if query.text or query.terms:
        retrieved = _by_search(query, user, within, limit, sought)
        if query.text and (tag := tag_of(query, user)) is not None:
            conditions = replace(ImageFilter(tags=[tag.name]), required=(query.conditions,))
            tagged = matching(within, conditions, user=user)
            retrieved = _with_tag(retrieved, tag, tagged, limit, complete=complete)
    else:
        images = _listed(query, user, within)
        best = _first(scope.search, user, images, limit) if scope.search else ()
        best = best or _newest(images, limit)
        retrieved = Retrieved("", images, best, sought, at_least=not complete)
    if sought.extreme:
        retrieved = replace(retrieved, best=_at_one_end(retrieved.images, sought, limit))
    retrieved = replace(retrieved, filters=operators_in(intent))
    return retrieved if scope.search else replace(retrieved, box=_box(intent, retrieved))


def _listed(query: SearchQuery, user: User, within: ImageQuerySet) -> ImageQuerySet:
    """The images that meet the conditions of a query without a text."""
    if not (query.phrases or query.excluded_words or query.unlike):
        return matching(within, query.conditions, user=user)
    met = engine.relevant_images(query, user).images
    return within.filter(pk__in=met.order_by().values("pk"))


def _at_one_end(images: ImageQuerySet, sought: Box, limit: int) -> tuple[Image, ...]:
    """The oldest or the newest images; those without a date of the camera come last."""
    extreme, field = sought.extreme, F("created_at" if sought.by_upload else "taken_at")
    if extreme is None:
        return ()
    date = field.asc if extreme.order is Order.OLDEST else field.desc
    created = "created_at" if extreme.order is Order.OLDEST else "-created_at"
    ordered = images.order_by(date(nulls_last=True), created, "pk")
    return tuple(ordered[: 1 if extreme.only_one else limit])


def _with_tag(
    by_search: Retrieved, tag: Tag, tagged: ImageQuerySet, limit: int, *, complete: bool
) -> Retrieved:
    """The tagged pictures and, unless the tag decides, the others that match the search."""
    newest = _newest(tagged, limit)
    retrieved = replace(by_search, tag=tag, tagged=tagged.count(), tagged_at_least=not complete)
    if decides(tagged, by_search.images):
        return replace(retrieved, images=tagged, best=newest, by_tag=True, at_least=not complete)
    either = Q(pk__in=tagged.order_by().values("pk")) | Q(pk__in=by_search.images.values("pk"))
    return replace(
        retrieved,
        images=Image.objects.filter(either),
        best=tuple(dict.fromkeys((*newest, *by_search.best)))[:limit],
        at_least=by_search.at_least or not complete,
    )


def _box(intent: Intent, retrieved: Retrieved) -> str:
    """The sentence, or the tag with the filters of the sentence."""
    if not (retrieved.by_tag and retrieved.tag):
        return intent.box
    operators = [
        operator.source for operator in parse(intent.box, now=timezone.localtime()).operators
    ]
    operators += [part.operator for part in intent.parts if part.operator]
    return " ".join((unparse("tag", retrieved.tag.name), *operators))


def _results(search: SearchQuery, user: User) -> tuple[ImageQuerySet, bool]:
    """The results of a search that match, and whether these are all of them."""
    relevant = engine.relevant_images(search, user)
    return relevant.images if relevant.matched else relevant.images.none(), relevant.complete


def _first(search: SearchQuery, user: User, images: ImageQuerySet, limit: int) -> tuple[Image, ...]:
    """The first of ``images`` in the order of the search, near-duplicates as on its page."""
    limit = min(limit, config().max_results)
    page = engine.search(replace(search, limit=limit, cursor=""), user, within=images)
    return tuple(hit.image for hit in page.hits)


def _by_search(
    query: SearchQuery, user: User, within: ImageQuerySet, limit: int, sought: Box
) -> Retrieved:
    hits, at_least = _relevant(query, user, within)
    images = within.filter(pk__in=[hit.image.pk for hit in hits])
    # Only one of several near-duplicates is among the best.
    folded, _ = _relevant(replace(query, fold=True), user, within)
    best = tuple(hit.image for hit in folded[:limit])
    return Retrieved(query.text, images, best, sought, at_least=at_least)


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
