"""The answer from the database, as sentences that say what was counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gallery.ask import figures
from gallery.ask.area_facts import AreaFact, area_facts, placed
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
    sentences = [sentence for each, count in pairs for sentence in _counted(each, count)]
    boxes = tuple(each.box for each, count in zip(retrieved, counts, strict=True) if count)
    if kind is Kind.COMPARE and len(retrieved) == 2:
        sentences.insert(0, _compared(retrieved, counts))
    elif counts[0] and kind is Kind.WHERE:
        places = figures.places_of(retrieved[0].images, user)
        sentences.append(placed(places, counts[0]))
        return Facts(tuple(sentences), counts, area_facts(places), boxes)
    elif counts[0]:
        sentences += _details(kind, retrieved[0])
    return Facts(tuple(sentences), counts, boxes=boxes)


def _counted(retrieved: Retrieved, count: int) -> list[str]:
    """Two sentences if a tag does not decide: how many have it, and how many match."""
    if retrieved.by_tag:
        return [_tagged(retrieved, at_least=retrieved.at_least)]
    if not retrieved.text:
        return [_number_retrieved(retrieved, count)]
    matched = _matched(retrieved, count)
    return [_tagged(retrieved, at_least=False), matched] if retrieved.tagged else [matched]


def _tagged(retrieved: Retrieved, *, at_least: bool) -> str:
    if at_least:
        text = _("At least %(count)d pictures have the tag “%(name)s”.")
    else:
        text = ngettext(
            "%(count)d picture has the tag “%(name)s”.",
            "%(count)d pictures have the tag “%(name)s”.",
            retrieved.tagged,
        )
    return text % {"count": retrieved.tagged, "name": retrieved.text}


def _matched(retrieved: Retrieved, count: int) -> str:
    if not count:
        return _("No picture matches “%(text)s” well.") % {"text": retrieved.text}
    if retrieved.at_least:
        text = _(
            "At least %(count)d pictures match “%(text)s”, by what they show and by their words."
        )
    else:
        text = ngettext(
            "About %(count)d picture matches “%(text)s”, by what it shows and by its words.",
            "About %(count)d pictures match “%(text)s”, by what they show and by their words.",
            count,
        )
    return text % {"count": count, "text": retrieved.text}


def _number_retrieved(retrieved: Retrieved, count: int) -> str:
    if retrieved.at_least:
        return _("At least %(count)d pictures were found.") % {"count": count}
    text = ngettext("%(count)d picture was found.", "%(count)d pictures were found.", count)
    return text % {"count": count}


def _compared(retrieved: Sequence[Retrieved], counts: Sequence[int]) -> str:
    first, second = (each.text for each in retrieved)
    if counts[0] == counts[1]:
        return _("As many pictures of “%(first)s” as of “%(second)s”.") % {
            "first": first, "second": second,
        }  # fmt: skip
    if counts[0] < counts[1]:
        first, second = second, first
    return _("More pictures of “%(first)s” than of “%(second)s”.") % {
        "first": first, "second": second,
    }  # fmt: skip


def _details(kind: Kind, retrieved: Retrieved) -> list[str]:
    if kind is Kind.WHEN:
        return _dates(figures.dates_of(retrieved.images))
    if kind is Kind.TAGS:
        return _values(_("Tags"), figures.frequent(retrieved.images, "tag"), _("None has a tag."))
    if kind is Kind.CAMERAS:
        values = figures.frequent(retrieved.images, "camera")
        return _values(_("Cameras"), values, _("The camera of none is known."))
    if kind is Kind.PEOPLE:
        values = figures.frequent(retrieved.images, "owner")
        return _values(_("Uploaded by"), values, _("They were uploaded without a login."))
    return []


def _dates(dates: figures.Dates) -> list[str]:
    if dates.first is None or dates.last is None:
        return [_("None of them has a date.")]
    first, last = (date_format(localtime(day), "DATE_FORMAT") for day in (dates.first, dates.last))
    if first == last:
        return [_("Taken on %(date)s.") % {"date": first}]
    sentence = _("Taken from %(first)s to %(last)s.") % {"first": first, "last": last}
    return [sentence, *_values(_("By year"), dates.years, "")]


def _values(label: str, values: Sequence[tuple[str, int]], none: str) -> list[str]:
    if not values:
        return [none] if none else []
    each = _("%(value)s (%(count)d)")
    listed = _("; ").join(each % {"value": value, "count": count} for value, count in values)
    return [_("%(label)s: %(values)s.") % {"label": label, "values": listed}]
