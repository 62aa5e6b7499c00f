"""What people use of the site's shared resources."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LlmUsage(models.Model):
    """What a person used of the language model in one day, in the time zone of the site."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user")
    )
    day = models.DateField(_("day"))
    requests = models.PositiveIntegerField(_("requests"), default=0)
    tokens_in = models.PositiveBigIntegerField(_("tokens read"), default=0)
    tokens_out = models.PositiveBigIntegerField(_("tokens written"), default=0)

    class Meta:
        verbose_name = _("use of the language model")
        verbose_name_plural = _("use of the language model")
        constraints = [models.UniqueConstraint(fields=["day", "user"], name="one_row_a_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.requests}"
