"""Fill the next space in the background, a slice at a time and always after new uploads."""

from __future__ import annotations

import logging
import time
import uuid
from datetime import datetime

import numpy as np
import numpy.typing as npt
import PIL.Image
from django.db import transaction
from django.db.models import Exists, OuterRef

from gallery.core.config import config
from gallery.core.errors import EncoderMismatch, EncoderUnavailable
from gallery.embeddings import fill_setbacks, progress, spaces, switch
from gallery.embeddings.embed import embed_backlog, encoded, open_preview
from gallery.models import Embedding, EmbeddingSpace, Fill, FillJob, Image, State

log = logging.getLogger(__name__)

# Jobs made at a time: looking for images without a vector is worth a few hundred answers.
_JOBS = 512


def fill(seconds: float) -> bool:
    """Work for about ``seconds``, at least one batch; whether there was more to do by then.

    An image's attempt is counted and committed before the work, and its vector and the end of
    its job are one transaction: whatever ends the worker, finished images stay finished, and
    what it had in hand is taken up alone, one by one, when the lease has run out.
    """
    until = time.monotonic() + seconds
    more = True
    while more:
        embed_backlog()  # between two batches, so that an upload waits for one at most
        space = spaces.filling()
        more = space is not None and _batch(space)
        if space is not None:
            progress.measure(space)
        if time.monotonic() >= until:
            break
    return more


def _batch(space: EmbeddingSpace) -> bool:
    """Fill in one batch; False when there is nothing to claim, or no way to go on."""
    try:
        encoder = spaces.encoder_of(space)
    except (EncoderUnavailable, EncoderMismatch) as error:
        log.warning("embedding space %s cannot be filled: %s", space.pk, error)
        _tell(space, error.message)
        return False
    _tell(space, "")
    jobs = _claim(space)
    readable = [(job, preview) for job in _still_wanted(jobs) if (preview := _preview_of(job))]
    _store(list(encoded(readable, encoder, fill_setbacks.no_vector)), space)
    if any(job.skipped for job in FillJob.objects.filter(pk__in=[job.pk for job in jobs])):
        _stop_if_too_many(space)
    return bool(jobs)


def _claim(space: EmbeddingSpace) -> list[FillJob]:
    """A batch nobody has tried yet; failing that, one job that has failed before, alone."""
    seconds = config().lease_seconds
    waiting = FillJob.objects.filter(space=space, skipped=False)
    untried = waiting.filter(attempts=0)
    fresh = untried.claim(config().embed_batch, seconds)
    if not fresh and _make_jobs(space):
        fresh = untried.claim(config().embed_batch, seconds)
    return fresh or waiting.filter(attempts__gt=0).claim(1, seconds)


def _make_jobs(space: EmbeddingSpace) -> int:
    """Jobs for images without vector and job; the number of them.

    From the newest to the oldest, each time on from where the last look ended, so that it need
    not step over all that is finished; then from the top again, for what came meanwhile.
    """
    found = _lacking(space, upto=space.reached)
    if not found and space.reached is not None:
        found = _lacking(space)
    reached = found[-1][1] if found else None
    if reached != space.reached:
        EmbeddingSpace.objects.filter(pk=space.pk).update(reached=reached)
    made = [FillJob(space_id=space.pk, image_id=key) for key, _ in found]
    FillJob.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _lacking(
    space: EmbeddingSpace, *, upto: datetime | None = None
) -> list[tuple[uuid.UUID, datetime]]:
    """The newest that are not newer than ``upto``, with the times they came."""
    jobs = FillJob.objects.filter(space=space, image_id=OuterRef("pk"))
    images = progress.without_vector(space).filter(~Exists(jobs))
    if upto is not None:
        images = images.filter(created_at__lte=upto)
    return list(images.order_by("-created_at", "-id").values_list("pk", "created_at")[:_JOBS])


def _still_wanted(jobs: list[FillJob]) -> list[FillJob]:
    """Without those whose image is gone, not searchable any more, or filled in by another worker
    between the look for images and the making of the job; these jobs end here.
    """
    keys = [job.image_id for job in jobs]
    wanted = set()
    if jobs:
        lacking = progress.without_vector(jobs[0].space).filter(pk__in=keys)
        wanted = set(lacking.values_list("pk", flat=True))
    _end([job for job in jobs if job.image_id not in wanted])
    return [job for job in jobs if job.image_id in wanted]


def _preview_of(job: FillJob) -> PIL.Image.Image | None:
    """None when the job has been released instead."""
    if job.attempts > config().max_attempts:
        fill_setbacks.interrupted(job)
        return None
    try:
        return open_preview(job.image_id)
    except (OSError, ValueError) as error:
        fill_setbacks.no_preview(job, error)
        return None


@transaction.atomic
def _store(filled: list[tuple[FillJob, npt.NDArray[np.float32]]], space: EmbeddingSpace) -> None:
    """Vectors in and jobs out at one stroke, for images that are still there."""
    if not filled or not spaces.hold_unless_dropped(space):
        return
    keys = [job.image_id for job, _ in filled]
    # Against a deletion at the same moment, which locks its rows in the same order.
    rows = Image.objects.filter(pk__in=keys, state=State.READY).order_by("pk")
    there = set(rows.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    vectors = [
        Embedding(image_id=job.image_id, space_id=space.pk, vector=vector)
        for job, vector in filled
        if job.image_id in there
    ]
    Embedding.objects.bulk_create(vectors, ignore_conflicts=True)
    _end([job for job, _ in filled])


def _end(jobs: list[FillJob]) -> None:
    FillJob.objects.filter(pk__in=[job.pk for job in jobs]).delete()


def _tell(space: EmbeddingSpace, trouble: str) -> None:
    if space.trouble != trouble[:300]:
        rows = EmbeddingSpace.objects.filter(pk=space.pk, fill=Fill.RUNNING)
        rows.update(trouble=trouble[:300])


def _stop_if_too_many(space: EmbeddingSpace) -> None:
    if not progress.too_many_skipped(space):
        return
    words = "Too many pictures cannot be read for this space; the last: "
    last = FillJob.objects.filter(space=space, skipped=True).latest("pk")
    try:
        switch.pause(space, f"{words}{last.error_message}")
    except switch.NotNow:
        log.debug("embedding space %s was paused by somebody else", space.pk)
