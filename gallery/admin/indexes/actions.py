"""The buttons of a vector index. A worker does the work, because it takes minutes."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from gallery.admin.spaces.actions import SpaceAction
from gallery.core.dispatch import Stage, hint
from gallery.models import EmbeddingSpace


def _in_a_worker(stage: Stage) -> Callable[[EmbeddingSpace], None]:
    return lambda space: hint(stage, str(space.pk))


def _has_index(space: EmbeddingSpace) -> bool:
    return hasattr(space, "index") and not space.dropping


INDEX_ACTIONS = (
    SpaceAction(
        name="calibrate",
        label=_("Calibrate now"),
        question=_(
            "Measure recall and time of searches in this index again, and choose its probes? "
            "Searches go on meanwhile."
        ),
        done=_("A worker calibrates the index. The new figures appear here in a few minutes."),
        do=_in_a_worker(Stage.CALIBRATE_INDEX),
        offered=_has_index,
    ),
    SpaceAction(
        name="rebuild",
        label=_("Build now"),
        question=_(
            "Build the index from all vectors that exist now? Searches use the index that "
            "exists until the new one is complete."
        ),
        done=_("A worker builds the index. Its progress appears here."),
        do=_in_a_worker(Stage.BUILD_INDEX),
        offered=lambda space: not space.dropping and space.embeddings.exists(),
    ),
    SpaceAction(
        name="drop-index",
        label=_("Drop the index"),
        question=_(
            "Drop the index? Searches compare every vector until it is built again, which "
            "happens automatically where there are enough vectors."
        ),
        done=_("A worker drops the index."),
        do=_in_a_worker(Stage.DROP_INDEX),
        offered=_has_index,
        permission="delete",
    ),
)
