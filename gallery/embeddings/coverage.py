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
    absent, unable = without_vector(space).count(), skipped(space).count()
    everything = max(absent, total())
    backfill = getattr(space, "backfill", None)
    left = progress.seconds_left(backfill, absent - unable) if backfill else None
    return Coverage(everything, everything - absent, unable, left)


def total() -> int:
    return Image.objects.filter(state=State.READY).count()


def without_vector(space: EmbeddingSpace) -> ImageQuerySet:
    """Searchable images that a search in the space would not find."""
    return Image.objects.filter(state=State.READY).without_embedding_in(space)


def outstanding(space: EmbeddingSpace) -> ImageQuerySet:
    """What a backfill of the space still has to do: images without a vector, not skipped."""
    return without_vector(space).filter(~_is_skipped(space))


def skipped(space: EmbeddingSpace) -> ImageQuerySet:
    """Images for which the backfill of the space found no vector."""
    return without_vector(space).filter(_is_skipped(space))


def awaiting_first_vector(space: EmbeddingSpace) -> int:
    """The number of processed images that become searchable when the space has their vector."""
    return Image.objects.filter(state=State.DERIVED).without_embedding_in(space).count()


def _is_skipped(space: EmbeddingSpace) -> Exists:
    items = BackfillItem.objects.filter(backfill__space_id=space.pk, skipped=True)
    return Exists(items.filter(image_id=OuterRef("pk")))
