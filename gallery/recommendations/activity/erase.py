"""Erases the activity of a person, and all that was computed from it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.signals import pre_delete

from gallery.models import ActivityConsent, ActivityEvent, Reaction, TasteProfile, User


@transaction.atomic
def erase(user: User) -> None:
    """Delete views, searches, likes, dislikes and interests, and stop recording.

    Those who write events lock the consent, and those who write reactions lock the profile: what
    they write is erased too, or written afterwards. All of them lock in this order, so that nobody
    waits in a circle. Redis has nothing of a person: its vectors of texts belong to nobody.
    """
    ActivityConsent.objects.filter(user=user.pk).delete()
    ActivityEvent.objects.filter(user=user.pk).delete()
    profiles = TasteProfile.objects.filter(user=user.pk)
    # Before the interests are deleted: a worker that stores others holds the profile.
    list(profiles.select_for_update())
    profiles.delete()
    Reaction.objects.filter(user=user.pk).delete()


def connect() -> None:
    """Erase the activity before an account is deleted, in whichever way: the deletion of the rows
    of an account locks them in another order."""
    pre_delete.connect(_erase, sender=settings.AUTH_USER_MODEL, dispatch_uid="erase-activity")


def _erase(instance: User, **_: Any) -> None:
    erase(instance)
