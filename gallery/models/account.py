"""What accounts need besides Django's user and the API's token."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from knox.settings import knox_settings


class LoginCounter(models.Model):
    """Attempts to log in that count until ``ends_at``; or, without attempts, an address from which
    a person has logged in.

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


class Scope(models.TextChoices):
    """What an API token may do. Every token reads; ``admin`` adds the powers of staff."""

    READ = "read", _("Read")
    WRITE = "write", _("Write")
    ADMIN = "admin", _("Administer")


class TokenGrant(models.Model):
    """The name of an API token, and what it may do. A token without this row is not valid.

    ``id`` names the token in addresses, because it says nothing about the token itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token = models.OneToOneField(
        knox_settings.TOKEN_MODEL, models.CASCADE, related_name="grant", editable=False
    )
    name = models.CharField(_("name"), max_length=100, blank=True)
    scopes = ArrayField(models.CharField(max_length=8, choices=Scope), verbose_name=_("scopes"))

    class Meta:
        verbose_name = _("grant of a token")
        verbose_name_plural = _("grants of tokens")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scopes__contained_by=Scope.values), name="scopes_are_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name or self.pk}: {', '.join(self.scopes)}"


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
