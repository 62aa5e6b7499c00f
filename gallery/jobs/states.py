"""Pausing and resuming a job."""

from __future__ import annotations

from typing import Any

from django.db.models import TextChoices

from gallery.jobs import problems
from gallery.models import Job, JobState

_NOT_MEASURED: dict[str, Any] = {
    "counted_at": None, "missing": None, "pace": None, "scanned_to": None, "scanned_at": None,
}  # fmt: skip


def pause(job: Job, problem: TextChoices | None = None, **data: Any) -> bool:
    """Stop the job after the batch that is being worked on; False if it was not running."""
    columns = problems.columns(problem, **data) if problem else problems.NO_PROBLEM
    running = type(job)._base_manager.filter(pk=job.pk, state=JobState.RUNNING)
    return running.update(state=JobState.PAUSED, **columns, **_NOT_MEASURED) == 1


def resume(job: Job, **changes: Any) -> bool:
    """Let a paused job run again, with its problem cleared; False if it was not paused."""
    paused = type(job)._base_manager.filter(pk=job.pk, state=JobState.PAUSED)
    changes = {**problems.NO_PROBLEM, **_NOT_MEASURED, **changes}
    return paused.update(state=JobState.RUNNING, **changes) == 1
