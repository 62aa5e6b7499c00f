"""The pictures that a search is moved towards, if a person switches that on."""

from __future__ import annotations

import uuid

import numpy as np

from gallery.core.errors import GalleryError
from gallery.core.query_kind import QueryKind
from gallery.embeddings import answering, encode
from gallery.models import Image, User
from gallery.recommendations.feed import interests_of

# As many say what the interest is; more would make the search read more vectors.
_MOST = 5


def preferred_images(user: User, text: str) -> tuple[uuid.UUID, ...]:
    """Pictures of the person's interest that is nearest to ``text``; empty without interests, and
    while no vector can be computed.
    """
    if not text.strip() or not user.is_authenticated:
        return ()
    try:
        space = answering.space_to_search()
        interests = [each for each in interests_of(user, space) if each.kind == QueryKind.PICTURE]
        if not interests:
            return ()
        vector = encode.text_vector(space, text)
    except GalleryError:
        return ()  # The search itself reports it.
    best = max(interests, key=lambda each: float(np.asarray(each.vector) @ vector))
    visible = Image.objects.visible_to(user).filter(pk__in=best.images, embeddings__space=space)
    existing = set(visible.values_list("pk", flat=True))
    return tuple(key for key in best.images if key in existing)[:_MOST]
