"""What becomes of images that could not be filled in: later, or skipped with the reason.

The image itself stays searchable in the space that answers. After the switch an image that was
skipped is one without a vector, and goes the way of those: derived and embedded anew, or failed.
"""

from __future__ import annotations

import logging

from gallery.core.config import config
from gallery.core.errors import BadEmbedding
from gallery.models import FillJob

log = logging.getLogger(__name__)


def no_preview(job: FillJob, error: Exception) -> None:
    _later(job, "preview_missing", f"The preview cannot be read: {error}")


def no_vector(job: FillJob, error: BadEmbedding | MemoryError) -> None:
    if isinstance(error, BadEmbedding):
        _skip(job, error.code, error.message)
    else:
        _later(job, "out_of_memory", "The encoder ran out of memory.")


def interrupted(job: FillJob) -> None:
    lost = job.attempts - 1
    message = f"The process that embedded the picture was lost {lost} times."
    _skip(job, "embedding_interrupted", message)


def _later(job: FillJob, code: str, message: str) -> None:
    if job.attempts < config().max_attempts:
        job.back_off(error_code=code, error_message=message[:300])
    else:
        _skip(job, code, message)


def _skip(job: FillJob, code: str, message: str) -> None:
    log.warning("image %s is skipped in space %s: %s", job.image_id, job.space_id, message)
    job.release(skipped=True, error_code=code, error_message=message[:300])
