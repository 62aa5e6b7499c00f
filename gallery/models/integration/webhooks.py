"""Addresses of other programs that are told what happens."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gallery.core.size_limits import MAX_URL
from gallery.models.integration.events import EventName
from gallery.models.work import Work, WorkQuerySet


class WebhookFailure(models.TextChoices):
    """Why a message was not taken, and in the end, why none is sent any more."""

    NO_ANSWER = "no_answer", _("The server could not be reached.")
    REFUSED = "refused", _("The server refused the message.")
    NOT_ALLOWED = "not_allowed", _("Nothing is sent to this address.")


class Webhook(Work):
    """``transaction`` and ``event`` are the place of the last event that was taken.

    ``attempts`` counts those since then, and ``failing_since`` is their first failure.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="webhooks", verbose_name=_("user")
    )
    url = models.CharField(_("address"), max_length=MAX_URL)
    names = ArrayField(models.CharField(max_length=16, choices=EventName), verbose_name=_("events"))
    # A message is signed with it, so it cannot be stored as a digest.
    secret = models.CharField(max_length=64, editable=False)
    active = models.BooleanField(_("active"), default=True)
    transaction = models.BigIntegerField(editable=False)
    event = models.BigIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    failure = models.CharField(
        _("failure"), max_length=11, choices=WebhookFailure, blank=True, editable=False
    )
    answer = models.PositiveSmallIntegerField(_("last answer"), null=True, editable=False)
    delivered_at = models.DateTimeField(_("last delivery"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="webhook_due", condition=models.Q(active=True)
            )
        ]

    def __str__(self) -> str:
        return self.url
