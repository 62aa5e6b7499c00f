"""The embed stage: a ``derived`` image gets a vector in the active space and is ``ready``."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from gallery.core.config import config
from gallery.core.dispatch import Stage, hint
from gallery.core.errors import EncoderMismatch, EncoderUnavailable
from gallery.embeddings import failures, provided, spaces
from gallery.embeddings.encode_previews import encode_previews
from gallery.encoders import towers
from gallery.encoders.base import Encoder, Vector
from gallery.jobs import items
from gallery.models import (
    BackfillItem,
    Embedding,
    EmbeddingSpace,
    Image,
    ImageQuerySet,
    MapItem,
    NearDuplicateItem,
    State,
    SuggestionItem,
)


def embed_backlog() -> int:
    """Embed all images that are due, and return how many became ready.

    Images that nobody has tried yet are encoded in batches. An image that failed before is
    encoded alone, so that it cannot fail others. While no encoder is available the images wait,
    with the reason as their error, and lose no attempt.
    """
    embedded = 0
    while _backlog().due().exists():
        try:
            space = spaces.active()
            encoder = spaces.encoder_of(space)
            towers.load(encoder, texts=False)
        except (EncoderUnavailable, EncoderMismatch) as error:
            failures.no_encoder(_backlog().due(), error)
            break
        images: list[Image] = items.claim(_backlog(), config().embed_batch)
        if not images:  # another worker has claimed them
            break
        embedded += _embed(images, space, encoder)
    return embedded


def _backlog() -> ImageQuerySet:
    return Image.objects.awaiting(State.DERIVED)


def _embed(images: list[Image], space: EmbeddingSpace, encoder: Encoder) -> int:
    embedded, others = provided.split(images, space)
    try:
        embedded += encode_previews([(image, image) for image in others], encoder, failures)
    except (EncoderUnavailable, EncoderMismatch) as error:
        failures.lost_encoder(others, error)
    # All workers lock rows in the same order.
    return _store(sorted(embedded, key=lambda pair: pair[0].pk), space)


@transaction.atomic
def _store(embedded: list[tuple[Image, Vector]], space: EmbeddingSpace) -> int:
    """Store vectors and states in one transaction, for the images whose lease is still ours.

    If another space became active meanwhile, the vectors are useless: the images are released,
    and embedded again in that space.
    """
    if not spaces.hold(space):
        for image, _ in embedded:
            image.release(attempts=0)
        return 0
    ready: dict[str, Any] = {"state": State.READY, "attempts": 0, "updated_at": Now()}
    vectors = [
        Embedding(image_id=image.pk, space_id=space.pk, vector=vector)
        for image, vector in embedded
        if image.release(**ready, error_code="", error_message="")
    ]
    Embedding.objects.bulk_create(
        vectors,
        update_conflicts=True,
        unique_fields=["image_id", "space_id"],
        update_fields=["vector"],
    )
    keys = [vector.image_id for vector in vectors]
    provided.store_others(keys)
    BackfillItem.objects.add_for(keys)
    SuggestionItem.objects.add_for(keys)
    NearDuplicateItem.objects.add_for(keys)
    MapItem.objects.add_for(keys)
    hint(Stage.SUGGEST)
    hint(Stage.FIND_NEAR_DUPLICATES)
    hint(Stage.UPDATE_MAP)
    return len(vectors)
