"""Which pictures an export has."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.utils import timezone

from gallery.core.errors import InvalidInput
from gallery.models import Image, ImageQuerySet, User
from gallery.search import engine
from gallery.search.query import SearchQuery
from gallery.search.syntax import parse


def selected(owner: User | None, query: str) -> ImageQuerySet:
    """All pictures, those of an owner, or those that match the text of a search box.

    Without an owner, a superuser searches, who sees all pictures. Raises ``InvalidInput`` for a
    text that is not understood, and what ``engine.relevant_images`` raises.
    """
    images = Image.objects.all() if owner is None else Image.objects.filter(owner_id=owner.pk)
    if not query:
        return images
    person = owner or get_user_model()._default_manager.filter(is_superuser=True).first()
    if person is None:
        raise InvalidInput("A search without --owner needs a superuser.")
    relevant = engine.relevant_images(_search(query), person, within=images)
    return relevant.images if relevant.matched else images.none()


def _search(query: str) -> SearchQuery:
    parsed = parse(query, now=timezone.localtime())
    if parsed.not_understood:
        raise InvalidInput(" ".join(parsed.not_understood))
    return SearchQuery(
        text=parsed.text,
        phrases=parsed.phrases,
        excluded_words=parsed.excluded_words,
        conditions=parsed.conditions,
    )
