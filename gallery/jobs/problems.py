"""The problem that keeps a job from going on. The worker records it; admin and API show it."""

from __future__ import annotations

import logging
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone

from gallery.models import Job, JobState

log = logging.getLogger(__name__)

# Sentences of other programs can be long and have several lines.
_LONGEST_VALUE = 300
NO_PROBLEM: dict[str, Any] = {"problem_code": "", "problem_data": {}, "problem_at": None}


def columns(code: TextChoices, **data: Any) -> dict[str, Any]:
    """The columns of a job with this problem since now."""
    brief = {
        key: " ".join(value.split())[:_LONGEST_VALUE] if isinstance(value, str) else value
        for key, value in data.items()
    }
    return {"problem_code": code, "problem_data": brief, "problem_at": timezone.now()}


def report(job: Job, code: TextChoices, **data: Any) -> None:
    """Record the problem of a running job. A paused job keeps the problem that paused it."""
    problem = columns(code, **data)
    rows = type(job)._base_manager.filter(pk=job.pk, state=JobState.RUNNING)
    same = {key: problem[key] for key in ("problem_code", "problem_data")}
    if rows.exclude(**same).update(**problem):
        log.warning("%s: %s: %s", job, code.value, problem["problem_data"])


def clear(job: Job, *codes: TextChoices) -> None:
    """Forget the job's problem if it is one of these."""
    type(job)._base_manager.filter(pk=job.pk, problem_code__in=codes).update(**NO_PROBLEM)
