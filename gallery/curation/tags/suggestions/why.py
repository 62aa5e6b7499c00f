"""Why a tag is suggested for an image: how similar they are, and which images have the tag."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from gallery.embeddings import spaces
from gallery.models import Embedding, Image, ImageTag, TagScoring, User
from gallery.vectorindex.neighbours import nearest

_NEAREST = 3


@dataclass(frozen=True)
class Explanation:
    """``score`` and ``threshold`` are cosines. ``similar`` are the nearest images that have the
    tag and that the person may see, nearest first."""

    score: float | None
    threshold: float | None
    similar: tuple[uuid.UUID, ...]


def reason_of(row: ImageTag, *, user: User) -> Explanation:
    space = spaces.recently_active()
    scoring = TagScoring.objects.filter(tag_id=row.tag_id, space=space).first()
    vector = Embedding.objects.vector_of(row.image_id, space)
    measured = None if scoring is None else scoring.threshold
    threshold = measured if row.tag.threshold is None else row.tag.threshold
    if vector is None:
        return Explanation(row.score, threshold, ())
    tagged = Image.objects.visible_to(user).filter(tag_ids__contains=[row.tag_id])
    neighbours = nearest(space, vector, within=tagged.exclude(pk=row.image_id), limit=_NEAREST)
    return Explanation(row.score, threshold, tuple(each.image_id for each in neighbours))
