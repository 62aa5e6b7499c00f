"""How much of the language model people may use in a day, each and all together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.contrib.auth.models import User
from django.db.models import F, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_noop

from gallery.core.config import config
from gallery.core.errors import LlmBudgetSpent
from gallery.llm.base import Usage
from gallery.models import LlmUsage
from gallery.models import User as AnyUser
from gallery.models.locks import Lock, transaction_with

# The bill of a provider for the month before can be compared with the list in the admin.
KEPT = timedelta(days=62)


@dataclass(frozen=True)
class Spent:
    """The use of today, and its limits; a limit of 0 is none."""

    requests: int
    tokens: int
    max_requests: int
    max_tokens: int

    @property
    def is_all(self) -> bool:
        return (0 < self.max_requests <= self.requests) or (0 < self.max_tokens <= self.tokens)


def spent_by(user: AnyUser) -> Spent:
    site = config()
    rows = LlmUsage.objects.filter(user=user.pk, day=timezone.localdate())
    return Spent(*_sums(rows), site.llm_user_requests, site.llm_user_tokens)


def spent_by_all() -> Spent:
    site = config()
    rows = LlmUsage.objects.filter(day=timezone.localdate())
    return Spent(*_sums(rows), site.llm_requests, site.llm_tokens)


@contextmanager
def spending(user: User) -> Iterator[Usage]:
    """Count one request, and at the end of the block the tokens that it adds to the usage.

    Raises ``LlmBudgetSpent`` before the block. The request counts whatever happens in the block,
    and also if the process dies.
    """
    row = _count_request(user)
    usage = Usage()
    try:
        yield usage
    finally:
        LlmUsage.objects.filter(pk=row).update(
            tokens_in=F("tokens_in") + usage.tokens_in,
            tokens_out=F("tokens_out") + usage.tokens_out,
        )


def check(user: User) -> None:
    """Raises ``LlmBudgetSpent``."""
    for budget, spent in (("user", spent_by(user)), ("site", spent_by_all())):
        if spent.is_all:
            raise LlmBudgetSpent(
                gettext_noop("Today's questions to the language model are used up."),
                budget=budget,
                wait=_seconds_until_tomorrow(),
            )


def delete_old() -> None:
    """Delete who used the model on days that are over for long. Budgets are for one day."""
    LlmUsage.objects.filter(day__lt=timezone.localdate() - KEPT).delete()


def _count_request(user: User) -> int:
    # Without the lock, requests at the same time could all see the last free place.
    with transaction_with(Lock.LLM_BUDGET):
        check(user)
        row, _ = LlmUsage.objects.get_or_create(user=user, day=timezone.localdate())
        LlmUsage.objects.filter(pk=row.pk).update(requests=F("requests") + 1)
    return row.pk


def _sums(rows: QuerySet[LlmUsage]) -> tuple[int, int]:
    sums = rows.aggregate(
        requests=Sum("requests", default=0), tokens=Sum(F("tokens_in") + F("tokens_out"), default=0)
    )
    return sums["requests"], int(sums["tokens"])


def _seconds_until_tomorrow() -> int:
    tomorrow = timezone.localdate() + timedelta(days=1)
    midnight = timezone.make_aware(datetime.combine(tomorrow, time.min))
    return int((midnight - timezone.now()).total_seconds()) + 1
