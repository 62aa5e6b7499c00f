"""The answer from the database, as sentences that say what was counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gallery.ask.facts import figures
from gallery.ask.facts.areas import AreaFact, area_facts, placed
from gallery.ask.facts.counted import compared, counted
from gallery.ask.facts.details import details
from gallery.ask.question import Kind
from gallery.ask.retrieval import Retrieved
from gallery.models import User


@dataclass(frozen=True)
class Facts:
    """``counts`` is the number of pictures for each subject of the question; ``areas`` are where
    they were taken, if that is the question. ``boxes`` are the texts for the search box that find
    the pictures."""

    sentences: tuple[str, ...]
    counts: tuple[int, ...]
    areas: tuple[AreaFact, ...] = ()
    boxes: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def prose(self) -> str:
        return joined(*self.sentences)

    @property
    def text(self) -> str:
        return joined(self.prose, _("; ").join(area.text for area in self.areas))


def joined(*sentences: str) -> str:
    """With spaces between them, except after Chinese punctuation."""
    return " ".join(filter(None, sentences)).replace("。 ", "。")


def facts_of(kind: Kind, retrieved: Sequence[Retrieved], user: User) -> Facts:
    counts = tuple(each.images.count() for each in retrieved)
    pairs = zip(retrieved, counts, strict=True)
    sentences = [sentence for each, count in pairs for sentence in counted(each, count)]
    boxes = tuple(
        each.box for each, count in zip(retrieved, counts, strict=True) if count and each.box
    )
    if kind is Kind.COMPARE and len(retrieved) == 2:
        sentences[:0] = compared(retrieved, counts)
    elif counts[0] and kind is Kind.WHERE:
        places = figures.places_of(retrieved[0].images, user)
        sentences.append(placed(places, counts[0]))
        return Facts(tuple(sentences), counts, area_facts(places), boxes)
    elif counts[0]:
        sentences += details(kind, retrieved[0])
    return Facts(tuple(sentences), counts, boxes=boxes)
