"""Which images a space is filled with next: jobs that exist for a few hundred images at a time."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils import timezone

from gallery.core.config import config
from gallery.embeddings import progress
from gallery.models import EmbeddingSpace, FillJob, Image

# Made at a time: looking for images without a vector is worth a few hundred answers.
_JOBS = 512


def claim(space: EmbeddingSpace) -> list[FillJob]:
    """A batch nobody has tried yet; failing that, one job that has failed before, alone."""
    seconds = config().lease_seconds
    waiting = FillJob.objects.filter(space=space, skipped=False)
    untried = waiting.filter(attempts=0)
    fresh = untried.claim(config().embed_batch, seconds)
    if not fresh and not progress.looked_lately(space) and make(space):
        fresh = untried.claim(config().embed_batch, seconds)
    return fresh or waiting.filter(attempts__gt=0).claim(1, seconds)


def make(space: EmbeddingSpace) -> int:
    """Jobs for images without vector and job; the number of them.

    From the newest to the oldest, each time on from where the last look ended, so that it need
    not step over all that is finished; then from the top again, for what came meanwhile.
    """
    found = _lacking(space, upto=space.reached)
    if not found and space.reached is not None:
        found = _lacking(space)
    reached, looked_at = (found[-1][1], None) if found else (None, timezone.now())
    if (reached, looked_at) != (space.reached, space.looked_at):
        rows = EmbeddingSpace.objects.filter(pk=space.pk)
        rows.update(reached=reached, looked_at=looked_at)
    made = [FillJob(space_id=space.pk, image_id=key) for key, _ in found]
    FillJob.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def expect(images: list[uuid.UUID]) -> None:
    """Jobs for images that become searchable in the caller's transaction: a full space is then
    filled up without a look among all the others.

    In SQL for the lock, which holds up nothing but the deletion of the space.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO gallery_filljob"
            " (space_id, image_id, attempts, skipped, error_code, error_message)"
            " SELECT s.id, i.id, 0, false, '', ''"
            " FROM gallery_embeddingspace s CROSS JOIN unnest(%s::uuid[]) AS i(id)"
            " WHERE s.fill = 'running' AND NOT EXISTS (SELECT FROM gallery_embedding e"
            " WHERE e.image_id = i.id AND e.space_id = s.id)"
            " FOR KEY SHARE OF s ON CONFLICT DO NOTHING",
            [images],
        )


def _lacking(
    space: EmbeddingSpace, *, upto: datetime | None = None
) -> list[tuple[uuid.UUID, datetime]]:
    """The newest that are not newer than ``upto``, with the times they came."""
    jobs = FillJob.objects.filter(space=space, image_id=OuterRef("pk"))
    images = progress.without_vector(space).filter(~Exists(jobs))
    if upto is not None:
        images = images.filter(created_at__lte=upto)
    return list(images.order_by("-created_at", "-id").values_list("pk", "created_at")[:_JOBS])


def still_wanted(jobs: list[FillJob]) -> list[tuple[FillJob, Image]]:
    """With their images; without those whose image is gone, not searchable any more, or filled
    in by another worker between the look for images and the making of the job: these end here.
    """
    images: dict[uuid.UUID, Image] = {}
    if jobs:
        images = progress.without_vector(jobs[0].space).in_bulk([job.image_id for job in jobs])
    end([job for job in jobs if job.image_id not in images])
    return [(job, images[job.image_id]) for job in jobs if job.image_id in images]


def end(jobs: list[FillJob]) -> None:
    FillJob.objects.filter(pk__in=[job.pk for job in jobs]).delete()
