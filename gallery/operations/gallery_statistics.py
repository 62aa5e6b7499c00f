"""Counts of the pictures that a person may see, and for staff the figures of the vector index."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from gallery.models import WIDTH, EmbeddingSpace, Image, ImageQuerySet, State, User
from gallery.operations.index_status import IndexStatus, status_of
from gallery.search.facets import Facets, facets_of


@dataclass(frozen=True)
class VectorCounts:
    """``embedded`` of the ``searchable`` pictures have a vector of ``width`` numbers."""

    encoder: str
    searchable: int
    embedded: int
    width: int = WIDTH

    @property
    def percent(self) -> float:
        """Rounded down to one decimal, so that 100 means all."""
        return 100.0 if not self.searchable else (1000 * self.embedded // self.searchable) / 10


@dataclass(frozen=True)
class GalleryStatistics:
    """``vectors`` is None before an encoder is chosen. ``index`` is None for people who are not
    staff, and before an encoder is chosen.
    """

    by_state: dict[str, int]
    vectors: VectorCounts | None
    facets: Facets
    index: IndexStatus | None

    @property
    def total(self) -> int:
        return sum(self.by_state.values())

    @property
    def searchable_percent(self) -> float:
        """Of all pictures, rounded down to one decimal, so that 100 means all."""
        embedded = self.vectors.embedded if self.vectors else 0
        return (1000 * embedded // max(self.total, embedded, 1)) / 10


def statistics_for(user: User) -> GalleryStatistics:
    """Every number but those of the index counts only what ``user`` may see."""
    visible = Image.objects.visible_to(user)
    searchable = visible.filter(state=State.READY)
    space = EmbeddingSpace.objects.filter(active=True).first()
    is_staff = bool(getattr(user, "is_staff", False))
    return GalleryStatistics(
        by_state=count_by_state(visible),
        vectors=_vectors(searchable, space) if space else None,
        facets=facets_of(searchable, user=user),
        index=status_of(space) if space and is_staff else None,
    )


def count_by_state(images: ImageQuerySet) -> dict[str, int]:
    """Each state, also those without images."""
    counts = dict(images.order_by().values_list("state").annotate(Count("pk")))
    return {state: counts.get(state, 0) for state in State.values}


def _vectors(searchable: ImageQuerySet, space: EmbeddingSpace) -> VectorCounts:
    total, missing = searchable.count(), searchable.without_embedding_in(space).count()
    return VectorCounts(space.encoder, max(total, missing), max(total - missing, 0))
