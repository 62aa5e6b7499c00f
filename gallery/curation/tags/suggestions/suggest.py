"""The suggest stage: compares stored vectors with the vocabulary; no picture is decoded."""

from __future__ import annotations

import logging
import time
import uuid
from itertools import takewhile

import numpy as np
from django.db import connection, transaction
from django.db.models.functions import Now
from pgvector import Vector

from gallery.core.dispatch import Stage, hint
from gallery.core.errors import GalleryError
from gallery.curation.moderation import first_comparison
from gallery.curation.moderation import rules as moderation_rules
from gallery.curation.tags.suggestions import automatic, scoring
from gallery.curation.tags.suggestions.comparison import Comparison
from gallery.embeddings import spaces
from gallery.encoders.base import WIDTH, Vectors
from gallery.jobs import slices
from gallery.models import (
    EmbeddingSpace,
    Image,
    ImageTag,
    State,
    SuggestionItem,
    SuggestionScan,
    Tag,
    TagScoring,
)
from gallery.models.images.kept import keep
from gallery.models.locks import Lock, if_free

log = logging.getLogger(__name__)

# A worker that is stopped finishes its slice; it is killed ten seconds later.
_SLICE_SECONDS = 7.0
# An upload waits for one block: with 223 tags, about 0.25 s.
_BLOCK = 1_000


def run(seconds: float = _SLICE_SECONDS) -> None:
    """Compare for about ``seconds``, new images first, and hint the next slice if there is more.

    While an upload waits for its vector, it compares one block. Called by the clock, after
    embedding, and by its own hints. It does nothing while another process compares, or while there
    is no encoder.
    """
    with if_free(Lock.SUGGEST) as is_held:
        if not is_held:
            return
        try:
            more = _compare(seconds)
        except moderation_rules.RulesChanged:
            more = True
        except GalleryError as error:
            log.warning("tags cannot be suggested: %s", error)
            return
    if more:
        hint(Stage.SUGGEST)


def _compare(seconds: float) -> bool:
    if not Tag.objects.compared().exists():
        _forget()
        return False
    space = spaces.active()
    deadline = time.monotonic() + seconds
    if not scoring.keep(space, is_over=lambda: time.monotonic() >= deadline or _uploads_wait()):
        return True
    tags, vocabulary, digest = scoring.read(space)
    rules = moderation_rules.read(space, tags, vocabulary)
    scan = _scan_of(space, rules.digest(digest))
    comparison = Comparison(space, tags, vocabulary, rules)
    return slices.run(
        lambda: (
            _new_images(comparison) or automatic.approve_open() or _next_block(scan, comparison)
        ),
        deadline - time.monotonic(),
        others_wait=_uploads_wait,
    )


def _uploads_wait() -> bool:
    """Whether images wait for their vectors, which the same workers compute."""
    return Image.objects.awaiting(State.DERIVED).due().exists()


def _forget() -> None:
    """Without anything to compare there are neither suggestions nor anything to do or wait for."""
    first_comparison.release(Image.objects.all())
    ImageTag.objects.suggested().delete()
    SuggestionItem.objects.all().delete()
    SuggestionScan.objects.all().delete()
    TagScoring.objects.all().delete()


def _scan_of(space: EmbeddingSpace, digest: str) -> SuggestionScan:
    """The scan of all images with this vocabulary; begun again if it was another one."""
    SuggestionScan.objects.exclude(space=space).delete()
    scan, _ = SuggestionScan.objects.get_or_create(space=space, defaults={"vocabulary": digest})
    if scan.vocabulary != digest:
        ImageTag.objects.suggested().exclude(
            tag__scorings__space=space, tag__is_suggested=True
        ).delete()
        scan.delete()
        scan = SuggestionScan.objects.create(space=space, vocabulary=digest)
    return scan


@transaction.atomic
def _new_images(comparison: Comparison) -> bool:
    """Compare the images that got a vector since; False if there are none."""
    waiting = list(SuggestionItem.objects.values_list("pk", flat=True)[:_BLOCK])
    items = SuggestionItem.objects.filter(pk__in=keep(waiting))
    keys = list(items.select_for_update(skip_locked=True).values_list("pk", flat=True))
    if not keys:
        return False
    # First: a vector that another transaction stores meanwhile adds the item again.
    SuggestionItem.objects.filter(pk__in=keys).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT image_id, vector::text FROM gallery_embedding"
            " WHERE space_id = %s AND image_id = ANY (%s) ORDER BY image_id",
            [comparison.space.pk, keys],
        )
        ids, vectors = _columns(cursor.fetchall())
    comparison.store(ids, vectors)
    return True


@transaction.atomic
def _next_block(scan: SuggestionScan, comparison: Comparison) -> bool:
    """Compare the next images in the order of their keys; False if the scan is complete, or waits
    for the deletion of an image."""
    if scan.completed_at is not None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT image_id, vector::text FROM gallery_embedding"
            " WHERE space_id = %s AND image_id > %s ORDER BY image_id LIMIT %s",
            [scan.space_id, scan.scanned_to or uuid.UUID(int=0), _BLOCK],
        )
        ids, vectors = _columns(cursor.fetchall())
    rows = SuggestionScan.objects.filter(pk=scan.pk)
    if not ids:
        rows.update(completed_at=Now())
        return False
    kept = keep(ids)
    ids = list(takewhile(kept.__contains__, ids))
    if not ids:
        return False
    comparison.store(ids, vectors[: len(ids)])
    rows.update(scanned_to=ids[-1])
    scan.scanned_to = ids[-1]
    return True


def _columns(rows: list[tuple[uuid.UUID, str]]) -> tuple[list[uuid.UUID], Vectors]:
    vectors = [Vector.from_text(text).to_numpy() for _, text in rows]
    return [key for key, _ in rows], np.asarray(vectors, dtype=np.float32).reshape(-1, WIDTH)
