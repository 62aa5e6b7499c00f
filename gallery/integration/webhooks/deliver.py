"""Sends events to webhooks: to each in their order, again after a failure, and not for ever."""

from __future__ import annotations

import random
import time
from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone

from gallery.integration import events
from gallery.integration.webhooks.message import Outcome, send_event
from gallery.jobs import slices
from gallery.models import Event, Webhook

# The clock sends the task every 15 seconds.
_SLICE_SECONDS = 10.0
# How long one webhook is served before the next. A message takes at most 10 seconds.
_TURN_SECONDS = 2.0
_LEASE_SECONDS = 60
_PAGE = 50
_IDLE = timedelta(seconds=10)
_LONGEST_PAUSE = 3600.0
# After so long without an answer, the webhook is switched off.
GIVES_UP_AFTER = timedelta(hours=24)


def run(seconds: float = _SLICE_SECONDS) -> None:
    """Several processes may call this: each takes other webhooks."""
    slices.run(_deliver_one, seconds)


def _deliver_one() -> bool:
    """Whether there may be more."""
    due = Webhook.objects.filter(active=True, user__is_active=True)
    claimed = due.claim(1, _LEASE_SECONDS)
    for webhook in claimed:
        _deliver(webhook)
    return bool(claimed)


def _deliver(webhook: Webhook) -> None:
    """All that is due, until a failure or the end of its turn."""
    turn_ends_at = time.monotonic() + _TURN_SECONDS
    page, position = _events_for(webhook)
    for event in page:
        if time.monotonic() > turn_ends_at:
            webhook.release(attempts=0, next_attempt_at=Now())
            return
        outcome = send_event(webhook, event)
        if outcome.failure:
            _back_off(webhook, outcome)
            return
        if not _take(webhook, event.transaction, event.pk, outcome):
            return
    pause = timedelta() if len(page) == _PAGE else _IDLE
    # The event that failed may be gone, since its image was deleted. So no failure is left.
    webhook.release(
        attempts=0,
        failing_since=None,
        failure="",
        transaction=position.transaction,
        event=position.key,
        next_attempt_at=Now() + pause,
    )


def _events_for(webhook: Webhook) -> tuple[list[Event], events.Position]:
    """The next ones, and the place after them."""
    end = events.end()
    # After the restore of a backup, the numbers of transactions begin anew.
    start = min(webhook.transaction, end.transaction)
    # Not what superusers may see: a token without the scope ``admin`` may have created it.
    rows = Event.objects.own(webhook.user).filter(name__in=webhook.names)
    page = list(rows.settled().after(start, webhook.event).in_order()[:_PAGE])
    places = [events.position_of(event) for event in page]
    return page, places[-1] if len(page) == _PAGE else max([end, *places])


def _take(webhook: Webhook, transaction: int, key: int, outcome: Outcome) -> bool:
    """Note that the event was taken; False if another worker has the webhook by now."""
    held = Webhook.objects.filter(
        pk=webhook.pk, attempts=webhook.attempts, lease_until=webhook.lease_until
    )
    changed = held.update(
        transaction=transaction,
        event=key,
        failing_since=None,
        failure="",
        answer=outcome.answer,
        delivered_at=Now(),
    )
    webhook.failing_since = None
    return bool(changed)


def _back_off(webhook: Webhook, outcome: Outcome) -> None:
    since = webhook.failing_since or timezone.now()
    # A random pause, so that webhooks of one server are not all retried together.
    pause = min(2.0 ** min(webhook.attempts, 12), _LONGEST_PAUSE) * random.uniform(0.5, 1)  # noqa: S311
    webhook.release(
        active=timezone.now() - since < GIVES_UP_AFTER,
        failing_since=since,
        failure=outcome.failure,
        answer=outcome.answer,
        next_attempt_at=Now() + timedelta(seconds=pause),
    )
