"""One step of a change of encoder: backfill, wait for the index, switch."""

from __future__ import annotations

from contextlib import suppress

from django.utils import timezone

from gallery.changeover import preload
from gallery.changeover.backfill import backfill, missing, pause_if_too_many_were_skipped
from gallery.changeover.switch import switch
from gallery.core.dispatch import Stage, hint
from gallery.core.errors import NotNow
from gallery.jobs import scan
from gallery.models import SpaceBackfill
from gallery.vectorindex import due

# A worker that is stopped finishes its slice; it is killed ten seconds later.
_SLICE_SECONDS = 7.0


def run(seconds: float = _SLICE_SECONDS) -> None:
    """Do the next step of the change of encoder, if there is one.

    Called repeatedly, by the clock and by itself while there is work, in any number of workers.
    A worker may be killed at any moment.
    """
    job = SpaceBackfill.objects.running()
    if job is None or _waits_for_a_person(job):
        return
    if backfill(seconds):
        hint(Stage.BACKFILL)
    elif (job := SpaceBackfill.objects.running()) and not missing(job):
        _complete(job)


def _waits_for_a_person(job: SpaceBackfill) -> bool:
    """Complete, to be switched by hand, and no image was added. Reads no image and no vector."""
    complete = job.completed_at is not None and scan.is_complete(job)
    return complete and not job.switch_when_complete and not missing(job)


def _complete(job: SpaceBackfill) -> None:
    if pause_if_too_many_were_skipped(job):  # a worker may have been killed before it paused
        return
    rows = SpaceBackfill.objects.filter(pk=job.pk, completed_at=None)
    rows.update(completed_at=timezone.now())
    if due.needs_build(job.space):
        hint(Stage.KEEP_INDEX)
    elif job.switch_when_complete and preload.encoder_of(job) is not None:
        with suppress(NotNow):  # an image was added, or the space is being deleted
            switch(job.space, automatic=True)
