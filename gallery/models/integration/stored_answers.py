"""Answers to requests that may be repeated."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class StoredAnswer(models.Model):
    """The answer to a request with an ``Idempotency-Key``, stored by the transaction of its write.

    ``digest`` is that of the person and the key, so that the table names no addresses of visitors.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", null=True)
    # Of everything in the request that decides about the answer.
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField()
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return f"{self.digest[:8]}: {self.status}"
