"""The stage that finds near-duplicates: new pictures first, and all after a change of encoder."""

from __future__ import annotations

import uuid
from itertools import takewhile

from django.db import transaction
from django.db.models.functions import Now

from gallery.core.dispatch import Stage, hint
from gallery.curation.near_duplicates.compare import compare
from gallery.curation.near_duplicates.missing_hashes import hash_some
from gallery.jobs import slices
from gallery.models import (
    EmbeddingSpace,
    Image,
    NearDuplicateItem,
    NearDuplicateScan,
    State,
)
from gallery.models.images.kept import keep
from gallery.models.locks import Lock, if_free

# A worker that is stopped finishes its slice; it is killed ten seconds later.
_SLICE_SECONDS = 7.0
# With 100,000 pictures of one owner, about 0.5 s.
_BLOCK = 1_000


def run(seconds: float = _SLICE_SECONDS) -> None:
    """Work for about ``seconds`` while no upload waits, and hint the next slice if there is more.

    Called by the clock, after embedding, and by its own hints. It does nothing while another
    process works.
    """
    with if_free(Lock.FIND_NEAR_DUPLICATES) as is_held:
        more = is_held and slices.run(_next_block, seconds)
    if more:
        hint(Stage.FIND_NEAR_DUPLICATES)


def _next_block() -> bool:
    if Image.objects.awaiting(State.STORED).due().exists():
        return False
    space = EmbeddingSpace.objects.filter(active=True).first()
    if space is None:
        return hash_some()
    return _new_images(space) or _next_images(space) or hash_some()


@transaction.atomic
def _new_images(space: EmbeddingSpace) -> bool:
    """Compare the images that got a vector or a hash since; False if there are none that are not
    to be compared again."""
    waiting = list(NearDuplicateItem.objects.values_list("pk", flat=True)[:_BLOCK])
    items = NearDuplicateItem.objects.filter(pk__in=keep(waiting))
    keys = list(items.select_for_update(skip_locked=True).values_list("pk", flat=True))
    if not keys:
        return False
    # First: a vector that another transaction stores meanwhile adds the item again.
    NearDuplicateItem.objects.filter(pk__in=keys).delete()
    again = compare(keys, space)
    NearDuplicateItem.objects.add_for(again)
    return len(again) < len(keys)


@transaction.atomic
def _next_images(space: EmbeddingSpace) -> bool:
    """Compare the next images in the order of their keys; False if all are compared, or if the
    first one is being deleted."""
    NearDuplicateScan.objects.exclude(space=space).delete()
    scan, _ = NearDuplicateScan.objects.get_or_create(space=space)
    if scan.completed_at is not None:
        return False
    hashed = Image.objects.exclude(perceptual_hash=None).order_by("pk")
    following = hashed.filter(pk__gt=scan.scanned_to or uuid.UUID(int=0))
    keys = list(following.values_list("pk", flat=True)[:_BLOCK])
    rows = NearDuplicateScan.objects.filter(pk=scan.pk)
    if not keys:
        rows.update(completed_at=Now())
        return False
    kept = keep(keys)
    keys = list(takewhile(kept.__contains__, keys))
    if not keys:
        return False
    NearDuplicateItem.objects.add_for(compare(keys, space))
    rows.update(scanned_to=keys[-1])
    return True
