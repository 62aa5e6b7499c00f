"""Fill the next space in the background, a slice at a time and always after new uploads."""

from __future__ import annotations

import logging
import time

import numpy as np
import numpy.typing as npt
import PIL.Image
from django.db import transaction

from gallery.core.config import config
from gallery.core.errors import EncoderMismatch, EncoderUnavailable
from gallery.embeddings import (
    fill_jobs,
    fill_setbacks,
    load_attempts,
    progress,
    spaces,
    switch,
    trouble,
)
from gallery.embeddings.embed import embed_backlog, encoded, open_preview
from gallery.models import Embedding, EmbeddingSpace, FillJob, Image, State, Trouble

log = logging.getLogger(__name__)


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
        encoder = load_attempts.load(space, pictures=True)
    except (EncoderUnavailable, EncoderMismatch) as error:
        trouble.tell(space, Trouble.ENCODER, error.message)
        return False
    if encoder is None:
        return False
    if space.trouble_code == Trouble.ENCODER:
        trouble.over(space, Trouble.ENCODER)
    jobs = fill_jobs.claim(space)
    wanted, side = fill_jobs.still_wanted(jobs), encoder.picture_side
    readable = [
        (job, preview) for job, image in wanted if (preview := _preview_of(job, image, side))
    ]
    _store(list(encoded(readable, encoder, fill_setbacks.no_vector)), space)
    if any(job.skipped for job in FillJob.objects.filter(pk__in=[job.pk for job in jobs])):
        _stop_if_too_many(space)
    return bool(jobs)


def _preview_of(job: FillJob, image: Image, side: int) -> PIL.Image.Image | None:
    """None when the job has been released instead."""
    if job.attempts > config().max_attempts:
        fill_setbacks.interrupted(job)
        return None
    try:
        return open_preview(image, side=side)
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
    fill_jobs.end([job for job, _ in filled])


def _stop_if_too_many(space: EmbeddingSpace) -> None:
    if not progress.too_many_skipped(space):
        return
    last = FillJob.objects.filter(space=space, skipped=True).order_by("-pk")
    reason = last.values_list("error_message", flat=True).first() or ""
    try:
        switch.pause(space, Trouble.SKIPPED, reason)
    except switch.NotNow:
        log.debug("embedding space %s was paused by somebody else", space.pk)
