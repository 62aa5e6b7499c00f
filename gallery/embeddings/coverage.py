"""How many searchable images have a vector in a space, counted from the vectors themselves."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from gallery.jobs import progress
from gallery.models import BackfillItem, EmbeddingSpace, Image, ImageQuerySet, State


@dataclass(frozen=True)
class Coverage:
    """``total`` searchable images: ``embedded`` have a vector, ``skipped`` cannot get one.

    ``seconds_left`` is None while it is not known.
    """

    total: int
    embedded: int
    skipped: int
    seconds_left: int | None

    @property
    def missing(self) -> int:
        return max(0, self.total - self.embedded - self.skipped)

    @property
    def percent(self) -> float:
        """Rounded down to one decimal, so that 100 means all."""
        return 100.0 if not self.total else (1000 * self.embedded // self.total) / 10


def coverage_of(space: EmbeddingSpace) -> Coverage:
    lacking, skipped_count = without_vector(space).count(), skipped(space).count()
    searchable = max(lacking, total())  # an image may be added between the two queries
    backfill = getattr(space, "backfill", None)
    left = progress.seconds_left(backfill, lacking - skipped_count) if backfill else None
    return Coverage(searchable, searchable - lacking, skipped_count, left)


def total() -> int:
    """The number of searchable images."""
    return Image.objects.filter(state=State.READY).count()


def without_vector(space: EmbeddingSpace) -> ImageQuerySet:
    """Searchable images that a search in the space would not find."""
    return Image.objects.filter(state=State.READY).without_embedding_in(space)


def outstanding(space: EmbeddingSpace) -> ImageQuerySet:
    """Images that a backfill still has to embed: without a vector in the space, not skipped."""
    return without_vector(space).filter(~_is_skipped(space))


def skipped(space: EmbeddingSpace) -> ImageQuerySet:
    """Images without a vector in the space that its backfill skipped."""
    return without_vector(space).filter(_is_skipped(space))


def awaiting_first_vector(space: EmbeddingSpace) -> int:
    """The number of processed images that become searchable when the space has their vector."""
    return Image.objects.filter(state=State.DERIVED).without_embedding_in(space).count()


def _is_skipped(space: EmbeddingSpace) -> Exists:
    items = BackfillItem.objects.filter(backfill__space_id=space.pk, skipped=True)
    return Exists(items.filter(image_id=OuterRef("pk")))
