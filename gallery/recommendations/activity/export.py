"""The activity of a person and their interests, for the person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F

from gallery.models import (
    ActivityConsent,
    ActivityEvent,
    EventKind,
    Interest,
    Reaction,
    User,
)


@dataclass(frozen=True)
class ActivityCounts:
    views: int
    searches: int
    reactions: int

    @property
    def total(self) -> int:
        return self.views + self.searches + self.reactions


def document_of(user: User) -> dict[str, Any]:
    """All of it, as values of a JSON document: newest first, interests by weight."""
    consent = ActivityConsent.objects.filter(user=user.pk).first()
    events = ActivityEvent.objects.filter(user=user.pk).order_by("-at", "-pk")
    reactions = Reaction.objects.filter(user=user.pk).order_by("-at", "-pk")
    interests = Interest.objects.filter(profile__user=user.pk)
    return {
        "recording": consent is not None,
        "recording_since": consent.given_at if consent else None,
        "views": list(events.filter(kind=EventKind.VIEW).values("image_id", "at")),
        "searches": list(events.filter(kind=EventKind.SEARCH).values("text", "at")),
        "reactions": list(reactions.values("image_id", "at", reaction=F("kind"))),
        "interests": list(interests.values("weight", "images", "texts")),
    }


def counts_of(user: User) -> ActivityCounts:
    events = ActivityEvent.objects.filter(user=user.pk)
    return ActivityCounts(
        views=events.filter(kind=EventKind.VIEW).count(),
        searches=events.filter(kind=EventKind.SEARCH).count(),
        reactions=Reaction.objects.filter(user=user.pk).count(),
    )
