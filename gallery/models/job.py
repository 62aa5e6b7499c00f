"""A long job is a row, and so is every item that it works on. Deleting the job's row resets it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gallery.models.work import Work


class JobState(models.TextChoices):
    RUNNING = "running", _("running")
    PAUSED = "paused", _("paused")


class Job(models.Model):
    """The state, the progress and the current problem of a job that takes minutes to days.

    A subclass names its problems in ``Problem``: codes, whose labels are sentences for people
    with placeholders for ``problem_data``. ``missing`` (items) and ``pace`` (items a second) were
    measured at ``counted_at`` and serve to estimate the time left, nothing else. The scan for
    what is left to do, from the newest row to the oldest, continues at ``scanned_to``; it last
    found nothing at ``scanned_at``.
    """

    Problem: ClassVar[type[models.TextChoices]]

    state = models.CharField(_("status"), max_length=8, choices=JobState, default=JobState.RUNNING)
    created_at = models.DateTimeField(_("started at"), db_default=Now(), editable=False)
    completed_at = models.DateTimeField(_("complete since"), null=True, editable=False)
    counted_at = models.DateTimeField(null=True, editable=False)
    missing = models.PositiveIntegerField(null=True, editable=False)
    pace = models.FloatField(null=True, editable=False)
    scanned_to = models.DateTimeField(null=True, editable=False)
    scanned_at = models.DateTimeField(null=True, editable=False)
    problem_code = models.CharField(max_length=40, blank=True)
    problem_data = models.JSONField(default=dict)

    class Meta:
        abstract = True

    @property
    def problem(self) -> str:
        """The current problem in the reader's language; empty if there is none.

        Of the texts in ``problem_data``, those that have a translation are translated too.
        """
        if not self.problem_code:
            return ""
        sentence = str(self.Problem(self.problem_code).label)
        data = {
            name: gettext(value) if value and isinstance(value, str) else value
            for name, value in self.problem_data.items()
        }
        return str(sentence % data)


class JobItem(Work):
    """One piece of a job. It is deleted when it is done, and stays if it had to be skipped."""

    skipped = models.BooleanField(default=False)
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    def skip(self, *, error_code: str, error_message: str) -> bool:
        """Release the item for good, with the reason; False if the lease was lost meanwhile."""
        return self.release(skipped=True, error_code=error_code, error_message=error_message[:300])
