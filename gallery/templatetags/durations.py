"""Durations as people read them."""

from __future__ import annotations

from datetime import timedelta

from django import template
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext

register = template.Library()


@register.filter
def time_left(seconds: int | None) -> str:
    """The remaining time of a job in the reader's language; None means that it is not known."""
    if seconds is None:
        return gettext("unknown")
    if seconds == 0:
        return gettext("done")
    if seconds < 60:
        return gettext("less than a minute")
    now = timezone.now()
    return timesince(now - timedelta(seconds=seconds), now)
