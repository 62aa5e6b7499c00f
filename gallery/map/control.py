"""What the admin can do with a map: pause and resume its making, and make it anew."""

from __future__ import annotations

from django.db import transaction

from gallery.core.dispatch import Stage, hint
from gallery.jobs import states
from gallery.models import MapProjection


def pause(projection: MapProjection) -> bool:
    """False if it is not running. Pictures are still placed on the map that people see."""
    return projection.completed_at is None and states.pause(projection)


def resume(projection: MapProjection) -> bool:
    """False if it is not paused."""
    is_resumed = states.resume(projection)
    hint(Stage.UPDATE_MAP)
    return is_resumed


@transaction.atomic
def make_anew(projection: MapProjection) -> None:
    """Make another projection of its space. People see the present one until that is complete.

    A worker may be placing pictures on an unfinished one, so wait for its transaction.
    """
    unfinished = MapProjection.objects.unfinished().order_by("pk").select_for_update()
    keys = list(unfinished.values_list("pk", flat=True))
    MapProjection.objects.filter(pk__in=keys).delete()
    MapProjection.objects.create(space=projection.space, method=projection.method)
    hint(Stage.UPDATE_MAP)
