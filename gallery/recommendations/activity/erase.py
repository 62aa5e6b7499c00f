"""Erases the activity of a person, and all that was computed from it."""

from __future__ import annotations

from django.db import transaction

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
    TasteProfile.objects.filter(user=user.pk).delete()
    Reaction.objects.filter(user=user.pk).delete()
