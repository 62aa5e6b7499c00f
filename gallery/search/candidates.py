"""Which images a search may find: its conditions, whatever the images show."""

from __future__ import annotations

from gallery.models import ImageQuerySet, User
from gallery.search.filters import ImageFilter, matching
from gallery.search.lexical import with_words
from gallery.search.query import SearchQuery
from gallery.search.vectors.query_vector import hidden_images


def candidates(query: SearchQuery, user: User, visible: ImageQuerySet) -> ImageQuerySet:
    """Those of ``visible`` that meet the filters, phrases and excluded words of the query, without
    the images that it hides.
    """
    images = visible
    if query.conditions != ImageFilter():
        images = matching(images, query.conditions, user=user)
    if query.phrases or query.excluded_words:
        images = with_words(images, user=user, phrases=query.phrases, excluded=query.excluded_words)
    hidden = hidden_images(query)
    return images.exclude(pk__in=hidden) if hidden else images
