"""One message to a webhook, and what its answer means."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone

from gallery.core.config import config
from gallery.core.errors import GalleryError, UrlRefused
from gallery.integration.webhooks import signature
from gallery.media.fetching import send
from gallery.models import Event, Webhook, WebhookFailure


class Outcome(NamedTuple):
    """``failure`` is empty if the message was taken; ``answer`` is the HTTP status, if any."""

    failure: str = ""
    answer: int | None = None


def send_event(webhook: Webhook, event: Event) -> Outcome:
    data = {"image_id": str(event.image_id)}
    if event.import_id:
        data = {"import_id": str(event.import_id)}
    # The moment too: after the restore of a backup, numbers are given again.
    key = f"evt_{event.pk}_{event.created_at.timestamp():.6f}"
    return _sent(webhook, key, event.name, event.created_at, data)


def send_test(webhook: Webhook) -> Outcome:
    now = timezone.now()
    return _sent(webhook, f"test_{webhook.pk.hex}_{now.timestamp():.6f}", "test", now, {})


def _sent(
    webhook: Webhook, message_id: str, name: str, moment: datetime, data: dict[str, Any]
) -> Outcome:
    message = {"type": name, "timestamp": moment.isoformat(), "data": data}
    body = json.dumps(message).encode()
    headers = signature.headers_of(message_id, body, secret=webhook.secret)
    if not config().fetch_urls:
        return Outcome(WebhookFailure.NOT_ALLOWED)
    try:
        answer = send.send(webhook.url, body, headers)
    except UrlRefused:
        return Outcome(WebhookFailure.NOT_ALLOWED)
    except GalleryError:
        return Outcome(WebhookFailure.NO_ANSWER)
    taken = 200 <= answer < 300
    return Outcome("" if taken else WebhookFailure.REFUSED, answer)
