"""The problem that keeps a job from continuing. Workers record it; admin and API show it."""

from __future__ import annotations

import logging
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone

from gallery.models import Job, JobState

log = logging.getLogger(__name__)

# Error messages of other programs can be long and have several lines. In characters.
_MAX_LENGTH = 300
NO_PROBLEM: dict[str, Any] = {"problem_code": "", "problem_data": {}, "problem_at": None}


def columns(code: TextChoices, **data: Any) -> dict[str, Any]:
    """The values of a job's columns that record this problem, with the present time."""
    shortened = {
        key: " ".join(value.split())[:_MAX_LENGTH] if isinstance(value, str) else value
        for key, value in data.items()
    }
    return {"problem_code": code, "problem_data": shortened, "problem_at": timezone.now()}


def report(job: Job, code: TextChoices, **data: Any) -> None:
    """Record the problem of a running job, and log it if it is new or its data changed.

    A paused job keeps the problem that paused it.
    """
    problem = columns(code, **data)
    rows = type(job)._base_manager.filter(pk=job.pk, state=JobState.RUNNING)
    unchanged = {key: problem[key] for key in ("problem_code", "problem_data")}
    if rows.exclude(**unchanged).update(**problem):
        log.warning("%s: %s: %s", job, code.value, problem["problem_data"])


def clear(job: Job, *codes: TextChoices) -> None:
    """Clear the job's problem if it is one of ``codes``."""
    type(job)._base_manager.filter(pk=job.pk, problem_code__in=codes).update(**NO_PROBLEM)
