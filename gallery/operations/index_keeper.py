"""Builds a vector index when there are enough rows to train it, and again when they doubled."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone

from gallery.changeover import drop as drop_space
from gallery.core.dispatch import Stage, hint
from gallery.core.errors import ExtensionTooOld
from gallery.models import EmbeddingSpace, IndexBuild, IndexFailure, JobState
from gallery.models.locks import Lock, if_free
from gallery.operations import index_building
from gallery.vectorindex import build, due, prewarm

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
        _drop_orphans(space)
        if index := IndexBuild.objects.filter(space=space).first():
            prewarm.prewarm(index)
        if due.needs_build(space):
            return rebuild(space)
        if due.reason_of(space, IndexBuild.objects.filter(space=space).first()):
            _calibrate(space)
    except (DatabaseError, ExtensionTooOld) as error:
        log.warning("the index of embedding space %s cannot be built: %s", space.pk, error)
        detail = " ".join(str(error).split())[:300]
        failure = {"detail": detail, "failed_at": timezone.now()}
        IndexFailure.objects.update_or_create(space=space, defaults=failure)
        return None
    IndexFailure.objects.filter(space=space).delete()
    return None


def rebuild(space: EmbeddingSpace) -> IndexBuild | None:
    """Build and calibrate the index now; None if another process is working on one, or the space
    is being deleted.
    """
    with if_free(Lock.BUILD_INDEX) as is_free:
        if not (is_free and EmbeddingSpace.objects.filter(pk=space.pk, dropping=False).exists()):
            return None
        index = index_building.build_best(space)
    IndexFailure.objects.filter(space=space).delete()
    log.info("index %s: %s rows, %s lists", index.name, index.rows, index.lists)
    return index


def calibrate(space: EmbeddingSpace) -> IndexBuild | None:
    """Measure the index and set its efforts now; None without an index, or if another process is
    working on one.
    """
    with if_free(Lock.BUILD_INDEX) as is_free:
        index = IndexBuild.objects.filter(space=space).first()
        if not is_free or index is None:
            return None
        return index_building.recalibrate(space, index)


def drop(space: EmbeddingSpace) -> None:
    build.drop(space)


def _drop_orphans(space: EmbeddingSpace) -> None:
    """Drop what killed builds have left; a running build holds the lock."""
    if build.orphans(space):
        with if_free(Lock.BUILD_INDEX) as is_free:
            if is_free:
                build.drop_orphans(space)


def _calibrate(space: EmbeddingSpace) -> None:
    """Measure the recall; below the target calibrate again, and if that makes searches much
    slower, build the index again.
    """
    with if_free(Lock.BUILD_INDEX) as is_free:
        index = IndexBuild.objects.filter(space=space).first()
        if not is_free or index is None:
            return
        if index.calibrated_at and index_building.check(space, index):
            return
        calibrated = index_building.recalibrate(space, index)
        if index.calibrated_at and index_building.is_slower(index, calibrated):
            index_building.build_best(space)
