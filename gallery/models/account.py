"""What accounts need besides Django's user and the API's token."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from knox.settings import knox_settings


class LoginCounter(models.Model):
    """Attempts to log in under a key until a time.

    A key is a digest, so the table names neither accounts nor addresses.
    """

    key = models.CharField(max_length=64, primary_key=True)
    attempts = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("login counter")
        verbose_name_plural = _("login counters")

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.attempts}"


class TokenUse(models.Model):
    """When an API token was last used, to a few minutes."""

    token = models.OneToOneField(
        knox_settings.TOKEN_MODEL, models.CASCADE, primary_key=True, related_name="use"
    )
    used_at = models.DateTimeField(_("used at"))

    class Meta:
        verbose_name = _("use of a token")
        verbose_name_plural = _("uses of tokens")

    def __str__(self) -> str:
        return f"{self.pk[:8]}: {self.used_at:%Y-%m-%d}"
