"""When a round of the check begins, how far it is, and when it ends."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from gallery.models import FindingKind, Image, IntegrityCheck, IntegrityFinding
from gallery.operations.integrity.files import Examination

# Between the end of a round and the beginning of the next one.
_PAUSE = timedelta(days=7)
# An original that somebody has put back is noticed after this time, without waiting for its turn.
_CONFIRM_AFTER = timedelta(days=1)


def is_due(check: IntegrityCheck) -> bool:
    """Whether a round should begin now; false during one."""
    ended = check.completed_at
    return check.round_began_at is None and (ended is None or timezone.now() - ended > _PAUSE)


def begin(check: IntegrityCheck) -> IntegrityCheck:
    """Start at the first image; also in the middle of a round."""
    return _write(
        check,
        round_began_at=timezone.now(),
        checked_to=None,
        pictures=Image.objects.count(),
        checked=0,
        bytes_read=0,
        repaired=0,
    )


def advance(
    check: IntegrityCheck, results: Collection[Examination], bytes_read: int, repaired: int
) -> None:
    if results:
        _write(
            check,
            checked_to=max(result.id for result in results),
            checked=F("checked") + len(results),
            bytes_read=F("bytes_read") + bytes_read,
            repaired=F("repaired") + repaired,
        )


def complete(check: IntegrityCheck) -> None:
    _write(check, round_began_at=None, checked_to=None, completed_at=timezone.now())


def overdue_findings() -> QuerySet[IntegrityFinding]:
    """Those that the background can confirm: it does not encode, as findings of another model's
    vectors need."""
    latest = timezone.now() - _CONFIRM_AFTER
    overdue = IntegrityFinding.objects.filter(checked_at__lt=latest)
    return overdue.exclude(kind=FindingKind.VECTOR_FOREIGN).order_by("checked_at")


def _write(check: IntegrityCheck, **columns: Any) -> IntegrityCheck:
    IntegrityCheck.objects.filter(pk=check.pk).update(**columns)
    check.refresh_from_db()
    return check
