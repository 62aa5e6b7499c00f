"""Builds a vector index when there are enough rows to train it, and again when they doubled."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone

from gallery.changeover import drop as drop_space
from gallery.core.dispatch import Stage, hint
from gallery.models import EmbeddingSpace, IndexBuild, IndexFailure, JobState
from gallery.models.locks import Lock, if_free
from gallery.vectorindex import build

log = logging.getLogger(__name__)

# The pause after a failed build: a build may take minutes before it fails.
_RETRY_AFTER = timedelta(minutes=5)


def keep() -> IndexBuild | None:
    """Build or rebuild the indexes that are due, of the active space and of a space whose
    backfill is complete; None if nothing was built. Also deletes the spaces marked for deletion.

    One process builds at a time. Searches and uploads go on.
    """
    drop_space.finish()
    newest = None
    complete = EmbeddingSpace.objects.filter(
        backfill__state=JobState.RUNNING, backfill__completed_at__isnull=False
    )
    for space in (*EmbeddingSpace.objects.filter(active=True), *complete):
        if index := _keep(space):
            newest = index
            if not space.active:
                hint(Stage.BACKFILL)
    return newest


def _keep(space: EmbeddingSpace) -> IndexBuild | None:
    """Record the failure of one space in its row, and go on with the next space."""
    recently = timezone.now() - _RETRY_AFTER
    if IndexFailure.objects.filter(space=space, failed_at__gt=recently).exists():
        return None
    try:
        if build.is_due(space):
            return rebuild(space)
    except DatabaseError as error:
        log.warning("the index of embedding space %s cannot be built: %s", space.pk, error)
        detail = " ".join(str(error).split())[:300]
        failure = {"detail": detail, "failed_at": timezone.now()}
        IndexFailure.objects.update_or_create(space=space, defaults=failure)
        return None
    IndexFailure.objects.filter(space=space).delete()
    return None


def rebuild(space: EmbeddingSpace) -> IndexBuild | None:
    """Build the index now; None if another process is building one."""
    with if_free(Lock.BUILD_INDEX) as is_free:
        if not is_free:
            return None
        index = build.build(space)
    IndexFailure.objects.filter(space=space).delete()
    log.info("index %s: %s rows, %s lists", index.name, index.rows, index.lists)
    return index


def drop(space: EmbeddingSpace) -> None:
    build.drop(space)
