"""Lease columns and the questions a worker puts to them. Truth is the row, not the queue."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class WorkQuerySet(models.QuerySet[Any]):
    """Claiming is ``FOR UPDATE SKIP LOCKED``; all times are the database's own."""

    def due(self) -> Self:
        """Rows nobody holds a live lease on and whose next attempt is not in the future."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
        return self.filter(free, next_attempt_at__lte=Now())

    def claim(self, limit: int, seconds: int) -> list[Any]:
        """Take up to ``limit`` due rows of this queryset for ``seconds``, oldest first.

        The attempt is counted and committed *before* any work, so that a killed worker leaves
        a trace. The returned rows carry the lease that ``release`` checks.
        """
        with transaction.atomic():
            keys = list(
                self.due()
                .order_by("next_attempt_at")
                .select_for_update(skip_locked=True, of=("self",))
                .values_list("pk", flat=True)[:limit]
            )
            self.model._base_manager.filter(pk__in=keys).update(
                attempts=F("attempts") + 1,
                lease_until=Now() + timedelta(seconds=seconds),
            )
            return list(self.model._default_manager.filter(pk__in=keys))


class Work(models.Model):
    """A row that is itself the job of its current stage."""

    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    lease_until = models.DateTimeField(_("held until"), null=True, editable=False)
    next_attempt_at = models.DateTimeField(_("next attempt"), db_default=Now(), editable=False)

    class Meta:
        abstract = True

    @property
    def is_due(self) -> bool:
        """Whether it could be claimed when this row was read."""
        now = timezone.now()
        return self.next_attempt_at <= now and (self.lease_until is None or self.lease_until < now)

    def release(self, **changes: Any) -> bool:
        """Give the lease back and apply ``changes``; False if the lease was lost meanwhile.

        The end of the lease is the token: a worker that was frozen and overtaken carries an old
        one, and its late write is refused.
        """
        held = type(self)._base_manager.filter(
            pk=self.pk, attempts=self.attempts, lease_until=self.lease_until
        )
        return held.update(**{"lease_until": None, **changes}) == 1

    def back_off(self, **changes: Any) -> bool:
        """Release for a later attempt: 2, 4, 8 … seconds, five minutes at most."""
        pause = timedelta(seconds=min(2**self.attempts, 300))
        return self.release(next_attempt_at=Now() + pause, **changes)
