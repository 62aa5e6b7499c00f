"""Give images a vector in a space that is not active yet, in time slices, after new uploads."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef

from gallery.changeover import failures, preload
from gallery.core.config import config
from gallery.core.errors import EncoderMismatch, EncoderUnavailable
from gallery.embeddings import coverage
from gallery.embeddings.embed import embed_backlog
from gallery.embeddings.encode_previews import encode_previews
from gallery.encoders.base import Vector
from gallery.jobs import items, progress, scan, slices, states
from gallery.models import BackfillItem, Embedding, Image, SpaceBackfill, State


def backfill(seconds: float) -> bool:
    """Work for about ``seconds``, at least one batch; whether there is more to do.

    Each image's attempt is committed before the work, and its vector is stored in one
    transaction with the deletion of its item. However a worker ends, finished images stay
    finished; the images it was working on are retried one by one when their lease ends.
    """
    return slices.run(_step, seconds)


def missing(job: SpaceBackfill) -> int:
    """The number of images to do, counted by their items if every image has one."""
    if scan.is_complete(job):
        return job.items.filter(skipped=False).count()
    return coverage.outstanding(job.space).count()


def _step() -> bool:
    embed_backlog()  # before every batch, so that an upload waits for one batch at most
    job = SpaceBackfill.objects.running()
    if job is None:
        return False
    more = _batch(job)
    if current := SpaceBackfill.objects.running():
        progress.measure(current, lambda: missing(current))
    return more


def _batch(job: SpaceBackfill) -> bool:
    """Work on one batch; False if there is nothing to claim or the encoder is not available."""
    encoder = preload.encoder_of(job)
    if encoder is None:
        return False
    claimed = _claim(job)
    try:
        _store(encode_previews(_with_images(claimed, job), encoder, failures), job)
    except (EncoderUnavailable, EncoderMismatch) as error:
        failures.lost_encoder(claimed, job, error)
        return False
    if BackfillItem.objects.filter(pk__in=[item.pk for item in claimed], skipped=True).exists():
        pause_if_too_many_were_skipped(job)
    return bool(claimed)


def _claim(job: SpaceBackfill) -> list[BackfillItem]:
    waiting = job.items.filter(skipped=False)
    if not waiting.filter(attempts=0).due().exists() and not scan.is_complete(job):
        existing = job.items.filter(image_id=OuterRef("pk"))
        lacking = coverage.without_vector(job.space).filter(~Exists(existing))
        scan.add_items(job, lacking, lambda key: BackfillItem(backfill=job, image_id=key))
    claimed: list[BackfillItem] = items.claim(waiting, config().embed_batch)
    return claimed


def _with_images(
    claimed: list[BackfillItem], job: SpaceBackfill
) -> list[tuple[BackfillItem, Image]]:
    """Deletes the items of images that are gone, or got their vector from another worker."""
    images = coverage.without_vector(job.space).in_bulk([item.image_id for item in claimed])
    _delete([item for item in claimed if item.image_id not in images])
    return [(item, images[item.image_id]) for item in claimed if item.image_id in images]


@transaction.atomic
def _store(encoded: list[tuple[BackfillItem, Vector]], job: SpaceBackfill) -> None:
    """Store the vectors of images that still exist, and delete the items.

    Locks the row of the backfill. If it was deleted meanwhile, the vectors are discarded.
    """
    held = SpaceBackfill.objects.select_for_update(no_key=True).filter(pk=job.pk)
    if not encoded or not held.exists():
        return
    keys = [item.image_id for item, _ in encoded]
    # A deletion at the same time locks its image rows in the same order.
    rows = Image.objects.filter(pk__in=keys, state=State.READY).order_by("pk")
    existing = set(rows.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    vectors = [
        Embedding(image_id=item.image_id, space_id=job.space_id, vector=vector)
        for item, vector in encoded
        if item.image_id in existing
    ]
    Embedding.objects.bulk_create(vectors, ignore_conflicts=True)
    _delete([item for item, _ in encoded])


def _delete(done: list[BackfillItem]) -> None:
    BackfillItem.objects.filter(pk__in=[item.pk for item in done]).delete()


def pause_if_too_many_were_skipped(job: SpaceBackfill) -> bool:
    total, skipped = coverage.total(), coverage.skipped(job.space).count()
    if not failures.too_many(skipped, of=total):
        return False
    last = job.items.filter(skipped=True).latest("pk")
    states.pause(job, SpaceBackfill.Problem.TOO_MANY_SKIPPED, detail=last.error_message)
    return True
