"""The embed stage: rows ``derived`` become ``ready`` with a vector in the active space."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import PIL.Image
from django.db import transaction
from django.db.models.functions import Now

from gallery.core.config import config
from gallery.core.errors import BadEmbedding, EncoderMismatch, EncoderUnavailable
from gallery.embeddings import fill_jobs, setbacks, spaces
from gallery.encoders import towers
from gallery.encoders.base import Encoder
from gallery.media import previews
from gallery.media.storage import preview_path
from gallery.models import Embedding, EmbeddingSpace, Image, ImageQuerySet, State

Job = TypeVar("Job")
Setback = Callable[[Job, BadEmbedding | MemoryError], None]
Embedded = tuple[Image, npt.NDArray[np.float32]]


def embed_backlog() -> int:
    """Embed every image that is due and return how many became ready.

    Rows nobody has tried yet go through the encoder in batches; a row that has failed before
    goes alone, so that what ends a worker ends it for itself only. While there is no encoder
    the rows wait, with the reason in their error, and lose no attempt.
    """
    embedded = 0
    while _backlog().due().exists():
        try:
            space = spaces.active()
            encoder = spaces.encoder_of(space)
            towers.load(encoder, texts=False)
        except (EncoderUnavailable, EncoderMismatch) as error:
            setbacks.no_encoder(_backlog().due(), error)
            break
        images = _claim()
        if not images:  # another worker was quicker
            break
        embedded += _embed(images, space, encoder)
    return embedded


def _backlog() -> ImageQuerySet:
    return Image.objects.awaiting(State.DERIVED)


def _claim() -> list[Image]:
    seconds = config().lease_seconds
    fresh = _backlog().filter(attempts=0).claim(config().embed_batch, seconds)
    return fresh or _backlog().filter(attempts__gt=0).claim(1, seconds)


def _embed(images: list[Image], space: EmbeddingSpace, encoder: Encoder) -> int:
    opened = [(image, _preview_of(image, encoder.picture_side)) for image in images]
    readable = [(image, preview) for image, preview in opened if preview is not None]
    try:
        embedded = list(encoded(readable, encoder, setbacks.no_vector))
    except (EncoderUnavailable, EncoderMismatch) as error:
        setbacks.lost_encoder([image for image, _ in readable], error)
        return 0
    # One order of row locks for all workers.
    return _store(sorted(embedded, key=lambda pair: pair[0].pk), space)


def _preview_of(image: Image, side: int) -> PIL.Image.Image | None:
    """None when the row has been released instead."""
    if image.attempts > config().max_attempts:
        setbacks.interrupted(image)
        return None
    try:
        return open_preview(image, side=side)
    except (OSError, ValueError) as error:
        setbacks.no_preview(image, error)
        return None


def open_preview(image: Image, *, side: int) -> PIL.Image.Image:
    """What an encoder of this ``picture_side`` sees of an image: our own WebP, so it is opened
    here, in this process. Raises ``OSError`` or ``ValueError`` when it is lost or damaged.
    """
    name = previews.smallest_showing(image.width or side, image.height or side, side=side)
    with PIL.Image.open(preview_path(image.pk, name), formats=["WEBP"]) as preview:
        return preview.convert("RGB")


def encoded(
    pairs: list[tuple[Job, PIL.Image.Image]], encoder: Encoder, setback: Setback[Job]
) -> Iterator[tuple[Job, npt.NDArray[np.float32]]]:
    """Jobs with their vectors, without those that failed: ``setback`` is told of these."""
    if not pairs:
        return
    try:
        vectors = encoder.encode_images([preview for _, preview in pairs])
    except (BadEmbedding, MemoryError) as error:
        if len(pairs) == 1:
            setback(pairs[0][0], error)
            return
        for pair in pairs:
            yield from encoded([pair], encoder, setback)
    else:
        yield from ((job, vector) for (job, _), vector in zip(pairs, vectors, strict=True))


@transaction.atomic
def _store(embedded: list[Embedded], space: EmbeddingSpace) -> int:
    """Vectors and states at one stroke, for the rows whose lease still holds.

    After a change of encoder the vectors are of no use any more: the rows go back.
    """
    if not spaces.hold(space):
        for image, _ in embedded:
            image.release(attempts=0)
        return 0
    done: dict[str, Any] = {"state": State.READY, "attempts": 0, "updated_at": Now()}
    vectors = [
        Embedding(image_id=image.pk, space_id=space.pk, vector=vector)
        for image, vector in embedded
        if image.release(**done, error_code="", error_message="")
    ]
    fill_jobs.expect([vector.image_id for vector in vectors])
    Embedding.objects.bulk_create(
        vectors,
        update_conflicts=True,
        unique_fields=["image_id", "space_id"],
        update_fields=["vector"],
    )
    return len(vectors)
