"""What a backfill does with images that get no vector. They stay searchable in the active space.

After the switch a skipped image has no vector in the active space, so the embed stage processes
it again, and it is ready or failed in the end.
"""

from __future__ import annotations

from gallery.core.errors import BadEmbedding, GalleryError
from gallery.jobs import problems
from gallery.jobs.failures import interrupted, retry_or_skip, skip, too_many
from gallery.models import BackfillItem, SpaceBackfill

__all__ = ["interrupted", "lost_encoder", "no_preview", "no_vector", "too_many"]


def no_preview(item: BackfillItem, error: Exception) -> None:
    retry_or_skip(item, code="preview_missing", message=f"The preview cannot be read: {error}")


def no_vector(item: BackfillItem, error: BadEmbedding | MemoryError) -> None:
    if isinstance(error, BadEmbedding):
        skip(item, code=error.code, message=error.message)
    else:
        retry_or_skip(item, code="out_of_memory", message="The encoder ran out of memory.")


def lost_encoder(claimed: list[BackfillItem], job: SpaceBackfill, error: GalleryError) -> None:
    """The items keep their attempts, because the pictures are not the cause."""
    for item in claimed:
        item.release(attempts=item.attempts - 1)
    problems.report(job, SpaceBackfill.Problem.MODEL_UNAVAILABLE, detail=error.message)
