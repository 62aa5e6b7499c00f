"""Load the encoder of a backfill beside the active one, if the memory allows it.

The Linux kernel kills a process when memory runs out, and the process can record nothing then.
So the model's size is compared with the free memory first, one process at a time loads (a lease
on the backfill's row), and each load is counted before it begins.
"""

from __future__ import annotations

from contextlib import suppress

import PIL.Image

from gallery.core.config import config
from gallery.core.errors import BadEmbedding, EncoderMismatch, EncoderUnavailable, NotEnoughMemory
from gallery.embeddings import spaces
from gallery.encoders import memory
from gallery.encoders.base import Encoder
from gallery.jobs import problems, states
from gallery.models import SpaceBackfill

# Reading a model from a slow disk takes longer than encoding a batch, for which one is enough.
_LEASES = 10
_Problem = SpaceBackfill.Problem


def encoder_of(job: SpaceBackfill) -> Encoder | None:
    """The encoder of a running backfill's space, ready to encode a batch of pictures.

    None while another process loads it, and if it cannot be loaded: the job's problem says why.
    """
    try:
        encoder = spaces.loaded_encoder_of(job.space, pictures=True) or _load(job)
    except NotEnoughMemory as error:
        problems.report(job, _Problem.NOT_ENOUGH_MEMORY, **error.data)
    except (EncoderUnavailable, EncoderMismatch) as error:
        problems.report(job, _Problem.MODEL_UNAVAILABLE, detail=error.message)
    else:
        if encoder is not None:
            problems.clear(job, _Problem.MODEL_UNAVAILABLE, _Problem.NOT_ENOUGH_MEMORY)
        return encoder
    return None


def _load(job: SpaceBackfill) -> Encoder | None:
    if job.attempts >= config().max_attempts and job.is_due:
        states.pause(job, _Problem.LOADING_INTERRUPTED, times=job.attempts)
        return None
    lease = SpaceBackfill.objects.filter(pk=job.pk).claim(1, _LEASES * config().lease_seconds)
    if not lease:
        return None
    attempts = lease[0].attempts - 1
    try:
        memory.require(spaces.model_of(job.space))  # now that no other worker is loading
        encoder = _load_and_try(job)
        attempts = 0
    finally:
        # A process that is killed does not come here, and its attempt stays counted.
        lease[0].release(attempts=attempts)
    return encoder


def _load_and_try(job: SpaceBackfill) -> Encoder:
    """Load the encoder and encode one batch, which takes much of the memory it will need."""
    try:
        encoder = spaces.encoder_of(job.space)
        batch = [PIL.Image.new("RGB", (encoder.picture_side,) * 2)] * config().embed_batch
        with suppress(BadEmbedding):
            encoder.encode_images(batch)
    except MemoryError as error:
        message = f"There is not enough memory for the model {job.space}."
        raise EncoderUnavailable(message, encoder=job.space.encoder) from error
    return encoder
