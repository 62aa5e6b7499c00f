"""Creates and changes the webhooks of a person."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models.functions import Now

from gallery.core.config import config
from gallery.core.errors import FetchingOff, TooManyWebhooks
from gallery.integration import events
from gallery.integration.webhooks import signature
from gallery.media.fetching import send
from gallery.models import User, Webhook

MOST_WEBHOOKS = 20


@transaction.atomic
def create(user: User, *, url: str, names: Collection[str], active: bool = True) -> Webhook:
    """It gets what happens from now on. Raises ``UrlRefused``, ``FetchingOff``, and
    ``TooManyWebhooks``."""
    _check(url)
    person = cast(Any, user)
    # Locked, so that two new ones at the same time do not exceed the limit.
    get_user_model()._default_manager.select_for_update().get(pk=person.pk)
    if Webhook.objects.filter(user_id=person.pk).count() >= MOST_WEBHOOKS:
        message = f"An account has at most {MOST_WEBHOOKS} webhooks."
        raise TooManyWebhooks(message, limit=MOST_WEBHOOKS)
    return Webhook.objects.create(
        user_id=person.pk,
        url=url,
        names=sorted(set(names)),
        active=active,
        secret=signature.new_secret(),
        transaction=events.end().transaction,
    )


def change(webhook: Webhook, **fields: Any) -> None:
    """Set ``url``, ``names`` and ``active``. It is tried again at once. Raises ``UrlRefused`` and
    ``FetchingOff``."""
    if "url" in fields:
        _check(fields["url"])
    if "names" in fields:
        fields["names"] = sorted(set(fields["names"]))
    Webhook.objects.filter(pk=webhook.pk).update(
        **fields, attempts=0, next_attempt_at=Now(), failing_since=None, failure=""
    )
    webhook.refresh_from_db()


def _check(url: str) -> None:
    if not config().fetch_urls:
        raise FetchingOff("This site sends nothing to other servers.")
    send.check(url)
