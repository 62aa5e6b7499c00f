"""What the page of a picture shows of its tags."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gallery.curation.tags import offered
from gallery.curation.tags.suggestions.strength import Strength, strength_of
from gallery.models import Image, ImageTag, Tag, TagScoring, TagState, User

_STRENGTHS: dict[Strength, Promise] = {
    Strength.STRONG: _("strong match"),
    Strength.GOOD: _("good match"),
    Strength.POSSIBLE: _("possible match"),
}


@dataclass(frozen=True)
class Suggestion:
    tag: Tag
    score: float | None
    strength: Promise


@dataclass(frozen=True)
class TagSection:
    """``suggestions``, best first, and ``offered`` are empty for people who may not change the
    picture. ``error`` is about the name ``typed``."""

    approved: list[Tag]
    suggestions: list[Suggestion]
    offered: list[Tag]
    typed: str = ""
    error: str = ""


def section_of(
    image: Image, user: User, *, changeable: bool, typed: str = "", error: str = ""
) -> TagSection:
    rows = list(ImageTag.objects.filter(image=image).select_related("tag").order_by("tag__name"))
    suggested = [row for row in rows if row.state == TagState.SUGGESTED] if changeable else []
    return TagSection(
        approved=[row.tag for row in rows if row.state == TagState.APPROVED],
        suggestions=_suggestions(suggested),
        offered=offered.most_used(user) if changeable else [],
        typed=typed,
        error=error,
    )


def _suggestions(rows: list[ImageTag]) -> list[Suggestion]:
    tags = [row.tag_id for row in rows]
    scorings = {
        scoring.tag_id: scoring
        for scoring in TagScoring.objects.filter(tag__in=tags, space__active=True).defer("vector")
    }
    rows.sort(key=lambda row: -(row.score or 0))
    return [
        Suggestion(row.tag, row.score, _STRENGTHS[strength_of(row.score, scorings.get(row.tag_id))])
        for row in rows
    ]
