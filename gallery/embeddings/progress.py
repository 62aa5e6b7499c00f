"""How far a space is filled. The vectors that are there are the truth, nothing else is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext

from gallery.models import Embedding, EmbeddingSpace, FillJob, Image, ImageQuerySet, Phase, State

# Counting a million takes a second; and after less than this, the pace would be noise.
_BETWEEN_COUNTS = timedelta(seconds=15)
# A look for images without a vector takes seconds among a million, and what becomes searchable
# after it has a job: it is repeated for what was never meant to happen.
_BETWEEN_LOOKS = timedelta(minutes=10)
# Older than this, a pace says nothing about now.
_STALE = timedelta(minutes=2)
# The weight of the newest measurement.
_SMOOTHING = 0.3


@dataclass(frozen=True)
class Progress:
    """``total`` searchable images, of which ``embedded`` have a vector in the space and
    ``skipped`` can have none; ``seconds_left`` is None while it cannot be told.
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
        """Rounded down to a tenth, so that 100 means all."""
        return 100.0 if not self.total else (1000 * self.embedded // self.total) / 10

    @property
    def time_left(self) -> str:
        """For people, in their language."""
        if self.seconds_left is None:
            return gettext("not known yet")
        if not self.missing:
            return gettext("none, every picture is there")
        if self.seconds_left < 60:
            return gettext("less than a minute")
        now = timezone.now()
        return timesince(now - timedelta(seconds=self.seconds_left), now)


def of(space: EmbeddingSpace) -> Progress:
    lacking = without_vector(space)
    absent, skipped = lacking.count(), lacking.filter(_is_skipped(space)).count()
    total = max(absent, Image.objects.filter(state=State.READY).count())
    missing = absent - skipped
    return Progress(total, total - absent, skipped, _seconds_left(space, missing))


def without_vector(space: EmbeddingSpace) -> ImageQuerySet:
    """Searchable images that a search in the space would not find."""
    vectors = Embedding.objects.filter(space_id=space.pk, image_id=OuterRef("pk"))
    return Image.objects.filter(~Exists(vectors), state=State.READY)


def waiting(space: EmbeddingSpace) -> int:
    """Images on their way to a first vector in the active space."""
    vectors = Embedding.objects.filter(space_id=space.pk, image_id=OuterRef("pk"))
    return Image.objects.filter(~Exists(vectors), state=State.DERIVED).count()


def outstanding(space: EmbeddingSpace) -> ImageQuerySet:
    """What is still to be filled in: without a vector, and not skipped."""
    return without_vector(space).filter(~_is_skipped(space))


def looked_lately(space: EmbeddingSpace) -> bool:
    """Whether all that may lack a vector has a job."""
    looked_at = space.looked_at
    return looked_at is not None and timezone.now() - looked_at < _BETWEEN_LOOKS


def left(space: EmbeddingSpace) -> int:
    """As many as ``outstanding``, counted by their jobs where those are all."""
    if looked_lately(space):
        return FillJob.objects.filter(space_id=space.pk, skipped=False).count()
    return outstanding(space).count()


def too_many_skipped(space: EmbeddingSpace) -> bool:
    """More than one in a hundred (or, of few, more than one): a fault of the machine, most likely,
    and no reason to go on with a space that would hide so much.
    """
    skipped = without_vector(space).filter(_is_skipped(space)).count()
    return skipped > max(1, Image.objects.filter(state=State.READY).count() // 100)


def measure(space: EmbeddingSpace) -> None:
    """Count now, and tell the pace from the count before; for the estimate of the time left."""
    row = EmbeddingSpace.objects.filter(pk=space.pk).first()
    now = timezone.now()
    if row is None or (row.counted_at and now - row.counted_at < _BETWEEN_COUNTS):
        return
    missing = left(row)
    EmbeddingSpace.objects.filter(pk=space.pk).update(
        counted_at=now, missing=missing, pace=_pace(row, missing)
    )


def _pace(before: EmbeddingSpace, missing: int) -> float | None:
    if before.counted_at is None or before.missing is None:
        return None
    passed = timezone.now() - before.counted_at
    if passed > _STALE:  # nobody was filling
        return None
    newest = max(0.0, (before.missing - missing) / passed.total_seconds())
    return newest if before.pace is None else before.pace + _SMOOTHING * (newest - before.pace)


def _seconds_left(space: EmbeddingSpace, missing: int) -> int | None:
    if not missing:
        return 0
    fresh = space.counted_at is not None and timezone.now() - space.counted_at < _STALE
    if space.phase != Phase.FILLING or not fresh or not space.pace:
        return None
    return round(missing / space.pace)


def _is_skipped(space: EmbeddingSpace) -> Exists:
    jobs = FillJob.objects.filter(space_id=space.pk, image_id=OuterRef("pk"), skipped=True)
    return Exists(jobs)
