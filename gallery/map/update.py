"""The stage that keeps the map: makes a projection that is due, and places new pictures."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models.functions import Now

from gallery.core.dispatch import Stage, hint
from gallery.jobs import slices
from gallery.map import umap_fit
from gallery.map.due import projection_to_make
from gallery.map.fit import fit
from gallery.map.place import place
from gallery.map.sample import BLOCK, block_after, block_of
from gallery.models import EmbeddingSpace, Image, MapItem, MapMethod, MapProjection, State
from gallery.models.locks import Lock, if_free

# A worker that is stopped finishes its slice; it is killed ten seconds later.
_SLICE_SECONDS = 7.0


def run(seconds: float = _SLICE_SECONDS) -> None:
    """Work for about ``seconds`` while no upload waits, and hint the next slice if there is more.

    Called by the clock, after embedding, and by its own hints. It does nothing while another
    process works. A process may be killed at any moment: the fit is repeated, and placing goes on
    at the last block.
    """
    with if_free(Lock.UPDATE_MAP) as is_held:
        more = is_held and slices.run(_next_step, seconds)
    if more:
        hint(Stage.UPDATE_MAP)


def _next_step() -> bool:
    if Image.objects.awaiting(State.STORED).due().exists():
        return False
    space = EmbeddingSpace.objects.filter(active=True).first()
    if space is None:
        return False
    unfinished = projection_to_make(space)
    if unfinished is not None and unfinished.fitted_at is None:
        if unfinished.method == MapMethod.UMAP:
            umap_fit.start()
            return _place_new(space)
        fit(unfinished)
        return True
    return _place_new(space) or (unfinished is not None and _place_next(unfinished))


@transaction.atomic
def _place_new(space: EmbeddingSpace) -> bool:
    """Place images with a new vector in all projections of the space; False if there are none.

    They wait until one is fitted.
    """
    rows = MapProjection.objects.fitted().filter(space=space).order_by("pk")
    fitted = list(rows.select_for_update(no_key=True))
    keys = _new_images() if fitted else []
    if not keys:
        return False
    block = block_of(keys, space)
    for projection in fitted:
        place(block, projection)
    MapItem.objects.filter(pk__in=keys).delete()
    return True


def _new_images() -> list[uuid.UUID]:
    """Lock images that wait to be placed, and then their items, except for images that another
    process changes or deletes. A deletion locks in the same order, so there is no deadlock."""
    waiting = list(MapItem.objects.values_list("pk", flat=True)[:BLOCK])
    images = Image.objects.filter(pk__in=waiting).order_by("pk")
    unlocked = images.select_for_update(no_key=True, skip_locked=True, of=("self",))
    keys = list(unlocked.values_list("pk", flat=True))
    items = MapItem.objects.filter(pk__in=keys).select_for_update(skip_locked=True)
    return list(items.values_list("pk", flat=True))


@transaction.atomic
def _place_next(unfinished: MapProjection) -> bool:
    """Place the next images in the order of their keys. When all are placed, the projection is
    complete and replaces the others, and another one may be due. False if the admin deleted it.

    An unfinished job of UMAP outlives a map of PCA.
    """
    # This is the order of control.make_anew. All of them may be deleted here.
    locked = MapProjection.objects.unfinished().order_by("pk").select_for_update(no_key=True)
    if unfinished.pk not in locked.values_list("pk", flat=True):
        return False
    rows = MapProjection.objects.filter(pk=unfinished.pk)
    block = block_after(unfinished.placed_to, unfinished.space)
    if block.keys:
        place(block, unfinished)
        rows.update(placed_to=block.keys[-1])
        return True
    others = MapProjection.objects.exclude(pk=unfinished.pk)
    if unfinished.method == MapMethod.PCA:
        others = others.exclude(method=MapMethod.UMAP, completed_at=None)
    others.delete()
    rows.update(completed_at=Now())
    return True
