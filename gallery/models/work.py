"""Rows that workers claim by lease. The row, not the message queue, says what is to be done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class WorkQuerySet(models.QuerySet[Any]):
    """Claims use ``FOR UPDATE SKIP LOCKED``; all times are those of the database's clock."""

    def without_lease(self) -> Self:
        """Rows that no worker holds, or whose worker let the lease expire."""
        return self.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=Now()))

    def due(self) -> Self:
        """Rows without a lease whose next attempt is not in the future."""
        return self.without_lease().filter(next_attempt_at__lte=Now())

    def claim(self, limit: int, seconds: int) -> list[Any]:
        """Lease up to ``limit`` due rows of this queryset, the longest due, for ``seconds``.

        The attempt is counted and committed *before* any work, so that attempts of killed workers
        count too. The rows carry the lease that ``release`` checks.
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
            rows = self.model._default_manager.in_bulk(keys)
            return [rows[key] for key in keys]


class Work(models.Model):
    """A row that workers process; the lease columns say who may work on it and when.

    ``attempts`` counts claims, ``lease_until`` is null while no worker holds the row.
    """

    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    lease_until = models.DateTimeField(_("held until"), null=True, editable=False)
    next_attempt_at = models.DateTimeField(_("next attempt"), db_default=Now(), editable=False)

    class Meta:
        abstract = True

    @property
    def is_due(self) -> bool:
        """Whether the row, as it was read, can be claimed now (by the clock of this machine)."""
        now = timezone.now()
        return self.next_attempt_at <= now and (self.lease_until is None or self.lease_until < now)

    def release(self, **changes: Any) -> bool:
        """End the lease and write ``changes``; False, and nothing is written, if it was lost.

        ``attempts`` and ``lease_until`` identify the lease. A worker whose lease expired and was
        claimed by another still holds the old values, so its late write is refused.
        """
        return self._own_lease().update(**{"lease_until": None, **changes}) == 1

    def extend(self, seconds: float) -> bool:
        """Let the lease end ``seconds`` from now; False, and nothing is written, if it was lost."""
        now = self._own_lease().values_list(Now(), flat=True).first()
        until = now and now + timedelta(seconds=seconds)
        if until is None or self._own_lease().update(lease_until=until) == 0:
            return False
        self.lease_until = until
        return True

    def _own_lease(self) -> models.QuerySet[Any]:
        return type(self)._base_manager.filter(
            pk=self.pk, attempts=self.attempts, lease_until=self.lease_until
        )

    def back_off(self, **changes: Any) -> bool:
        """Release for another attempt in 2, 4, 8 … seconds, at most five minutes."""
        pause = timedelta(seconds=min(2**self.attempts, 300))
        return self.release(next_attempt_at=Now() + pause, **changes)
