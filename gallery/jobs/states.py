"""Pausing and resuming a job."""

from __future__ import annotations

from typing import Any

from django.db.models import TextChoices

from gallery.jobs import problems
from gallery.models import Job, JobState

_NO_PROGRESS: dict[str, Any] = {
    "counted_at": None, "missing": None, "pace": None, "scanned_to": None, "scanned_at": None,
}  # fmt: skip


def pause(job: Job, problem: TextChoices | None = None, **data: Any) -> bool:
    """Stop the job after its current batch; returns False if it was not running.

    ``problem`` is the reason, if it is not a person who pauses it.
    """
    columns = problems.columns(problem, **data) if problem else problems.NO_PROBLEM
    running = type(job)._base_manager.filter(pk=job.pk, state=JobState.RUNNING)
    return running.update(state=JobState.PAUSED, **columns, **_NO_PROGRESS) == 1


def resume(job: Job, **changes: Any) -> bool:
    """Let a paused job run again, without its problem; returns False if it was not paused.

    ``changes`` are further columns to write.
    """
    paused = type(job)._base_manager.filter(pk=job.pk, state=JobState.PAUSED)
    changes = {**problems.NO_PROBLEM, **_NO_PROGRESS, **changes}
    return paused.update(state=JobState.RUNNING, **changes) == 1
