"""The problem that keeps a job from continuing. Workers record it; admin and API show it."""

from __future__ import annotations

import logging
from typing import Any

from django.db.models import TextChoices

from gallery.models import Job, JobState

log = logging.getLogger(__name__)

# Error messages of other programs can be long and have several lines. In characters.
_MAX_LENGTH = 300
NO_PROBLEM: dict[str, Any] = {"problem_code": "", "problem_data": {}}


def columns(code: TextChoices, **data: Any) -> dict[str, Any]:
    """The values of a job's columns that record this problem."""
    shortened = {
        key: " ".join(value.split())[:_MAX_LENGTH] if isinstance(value, str) else value
        for key, value in data.items()
    }
    return {"problem_code": code, "problem_data": shortened}


def report(job: Job, code: TextChoices, **data: Any) -> None:
    """Record the problem of a running job, and log it if its code is new.

    A paused job keeps the problem that paused it.
    """
    problem = columns(code, **data)
    rows = type(job)._base_manager.filter(pk=job.pk, state=JobState.RUNNING)
    is_new = rows.exclude(problem_code=code).exists()
    if rows.update(**problem) and is_new:
        log.warning("%s: %s: %s", job, code.value, problem["problem_data"])


def clear(job: Job, *codes: TextChoices) -> None:
    """Clear the job's problem if it is one of ``codes``."""
    type(job)._base_manager.filter(pk=job.pk, problem_code__in=codes).update(**NO_PROBLEM)
