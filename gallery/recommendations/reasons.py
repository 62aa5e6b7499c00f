"""Why a picture is recommended."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gallery.encoders.base import Vector
from gallery.models import Image, ImageQuerySet, Interest, ReactionKind, User
from gallery.recommendations.activity.reactions import reactions_to
from gallery.recommendations.candidates import Origin, Source


class ReasonKind(StrEnum):
    LIKED = "liked"
    VIEWED = "viewed"
    SEARCHED = "searched"
    NEW = "new"
    POPULAR = "popular"
    RANDOM = "random"


@dataclass(frozen=True)
class RecommendationReason:
    """``image`` is the picture that was liked or viewed, ``text`` that of a search."""

    kind: ReasonKind
    image: Image | None = None
    text: str = ""


class Reasons:
    """Names the most similar of the pictures that an interest is made of, if the person still sees
    it. ``vectors`` are those of the recommended pictures and of those in ``named``.
    """

    def __init__(
        self,
        user: User,
        visible: ImageQuerySet,
        vectors: Mapping[uuid.UUID, Vector],
        named: Collection[uuid.UUID],
    ) -> None:
        self._vectors = vectors
        self._images: dict[uuid.UUID, Image] = visible.in_bulk(list(named)) if named else {}
        reactions = reactions_to(named, user) if named else {}
        self._liked = {key for key, kind in reactions.items() if kind == ReactionKind.LIKE}

    def reason_for(self, key: uuid.UUID, source: Source) -> RecommendationReason:
        interest = source.interest
        if source.origin != Origin.INTEREST or interest is None:
            return RecommendationReason(ReasonKind(source.origin))
        if interest.texts:
            return RecommendationReason(ReasonKind.SEARCHED, text=interest.texts[0])
        image = self._most_similar(key, interest)
        is_liked = image.pk in self._liked if image else bool(self._liked & set(interest.images))
        return RecommendationReason(
            ReasonKind.LIKED if is_liked else ReasonKind.VIEWED, image=image
        )

    def _most_similar(self, key: uuid.UUID, interest: Interest) -> Image | None:
        """Liked ones before viewed ones."""
        known = [each for each in interest.images if each in self._images and each in self._vectors]
        candidates = [each for each in known if each in self._liked] or known
        if not candidates or key not in self._vectors:
            return self._images[candidates[0]] if candidates else None
        own = self._vectors[key]
        most_similar = max(candidates, key=lambda each: float(self._vectors[each] @ own))
        return self._images[most_similar]
