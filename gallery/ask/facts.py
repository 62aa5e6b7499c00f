"""The answer from the database, as sentences that say what was counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_noop, ngettext
from django.utils.translation import gettext as _

from gallery.ask import figures
from gallery.ask.area_facts import AreaFact, area_facts, placed
from gallery.ask.question import Kind
from gallery.ask.retrieval import Retrieved
from gallery.ask.subjects.box import Box
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


# The facet whose values answer the question, with its label, and the sentence without values.
_FREQUENT = {
    Kind.TAGS: ("tag", gettext_noop("Tags"), gettext_noop("None has a tag.")),
    Kind.CAMERAS: ("camera", gettext_noop("Cameras"), gettext_noop("The camera of none is known.")),
    Kind.PEOPLE: (
        "owner",
        gettext_noop("Uploaded by"),
        gettext_noop("They were uploaded without a login."),
    ),
}


def facts_of(kind: Kind, retrieved: Sequence[Retrieved], user: User) -> Facts:
    counts = tuple(each.images.count() for each in retrieved)
    pairs = zip(retrieved, counts, strict=True)
    sentences = [sentence for each, count in pairs for sentence in _counted(each, count)]
    boxes = tuple(
        each.box for each, count in zip(retrieved, counts, strict=True) if count and each.box
    )
    if kind is Kind.COMPARE and len(retrieved) == 2:
        sentences[:0] = _compared(retrieved, counts)
    elif counts[0] and kind is Kind.WHERE:
        places = figures.places_of(retrieved[0].images, user)
        sentences.append(placed(places, counts[0]))
        return Facts(tuple(sentences), counts, area_facts(places), boxes)
    elif counts[0]:
        sentences += _details(kind, retrieved[0])
    return Facts(tuple(sentences), counts, boxes=boxes)


def _counted(retrieved: Retrieved, count: int) -> list[str]:
    """Two sentences if a tag does not decide: how many have it, and how many match. Others say why
    nothing was counted, and what was left out."""
    if not retrieved.sought.can_be_answered:
        return [_unanswered(retrieved.sought)]
    left_out = [
        _("Pictures with the tag “%(name)s” were left out.") % {"name": tag.name_in(get_language())}
        for tag in retrieved.sought.left_out
    ]
    return _numbers(retrieved, count) + left_out


def _numbers(retrieved: Retrieved, count: int) -> list[str]:
    if retrieved.by_tag and count:
        return [_tagged(retrieved)]
    if not retrieved.text:
        return [_number_retrieved(retrieved, count)]
    matched = _matched(retrieved, count)
    return [_tagged(retrieved), matched] if retrieved.tagged else [matched]


def _unanswered(sought: Box) -> str:
    if sought.needs_login:
        return _("Log in to ask about your own pictures.")
    text = _("Which pictures do not show “%(text)s” is not known: no tag has this name.")
    return text % {"text": "”, “".join(sought.unknown)}


def _tagged(retrieved: Retrieved) -> str:
    if retrieved.tagged_at_least:
        text = _("At least %(count)d pictures have the tag “%(name)s”.")
    else:
        text = ngettext(
            "%(count)d picture has the tag “%(name)s”.",
            "%(count)d pictures have the tag “%(name)s”.",
            retrieved.tagged,
        )
    name = retrieved.tag.name_in(get_language()) if retrieved.tag else retrieved.text
    return text % {"count": retrieved.tagged, "name": name}


def _matched(retrieved: Retrieved, count: int) -> str:
    if not count:
        if retrieved.sought.is_own:
            text = _("None of your pictures matches “%(text)s” well.")
        else:
            text = _("No picture matches “%(text)s” well.")
        return text % {"text": retrieved.sought.words or retrieved.text}
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


def _compared(retrieved: Sequence[Retrieved], counts: Sequence[int]) -> list[str]:
    """Nothing where the smaller number may be larger."""
    (more, most), (fewer, least) = sorted(
        zip(retrieved, counts, strict=True), key=lambda pair: -pair[1]
    )
    if fewer.at_least or (most == least and more.at_least):
        return []
    if most == least:
        text = _("As many pictures of “%(first)s” as of “%(second)s”.")
    else:
        text = _("More pictures of “%(first)s” than of “%(second)s”.")
    return [text % {"first": more.text, "second": fewer.text}]


def _details(kind: Kind, retrieved: Retrieved) -> list[str]:
    if kind is Kind.WHEN:
        return _dates(figures.dates_of(retrieved.images))
    if kind not in _FREQUENT:
        return []
    facet, label, none = _FREQUENT[kind]
    frequent = figures.frequent(retrieved.images, facet)
    if not frequent.values:
        return [_(none)]
    return _counted_part(frequent.counted_part) + _values(_(label), frequent.values)


def _dates(dates: figures.Dates) -> list[str]:
    if dates.first is None or dates.last is None:
        return [_("None of them has a date.")]
    first, last = (date_format(localtime(day), "DATE_FORMAT") for day in (dates.first, dates.last))
    if first == last:
        return [_("Taken on %(date)s.") % {"date": first}]
    sentence = _("Taken from %(first)s to %(last)s.") % {"first": first, "last": last}
    if not dates.years.values:
        return [sentence]
    part = _counted_part(dates.years.counted_part)
    return [sentence, *part, *_values(_("By year"), dates.years.values)]


def _counted_part(number: int | None) -> list[str]:
    if number is None:
        return []
    text = _("Only %(count)s of them were counted for what follows.")
    return [text % {"count": number_format(number, force_grouping=True)}]


def _values(label: str, values: Sequence[tuple[str, int]]) -> list[str]:
    each = _("%(value)s (%(count)d)")
    listed = _("; ").join(each % {"value": value, "count": count} for value, count in values)
    return [_("%(label)s: %(values)s.") % {"label": label, "values": listed}]
