"""Whether views and searches of a person are recorded: only if the person switches it on."""

from __future__ import annotations

from gallery.models import ActivityConsent, User


def has_consented(user: User) -> bool:
    return user.is_authenticated and ActivityConsent.objects.filter(user=user.pk).exists()


def give(user: User) -> None:
    ActivityConsent.objects.get_or_create(pk=user.pk)


def withdraw(user: User) -> None:
    """Record nothing more. What is recorded stays until it is erased or too old."""
    ActivityConsent.objects.filter(user=user.pk).delete()
