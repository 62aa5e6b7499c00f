"""When pictures were taken, and their most frequent tags, cameras and owners, as sentences."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gallery.ask.facts import figures
from gallery.ask.question import Kind
from gallery.ask.retrieval import Retrieved
from gallery.search.query import Order

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


def details(kind: Kind, retrieved: Retrieved) -> list[str]:
    if retrieved.sought.extreme and kind in (Kind.WHEN, Kind.SHOW):
        return _extreme(retrieved)
    if kind is Kind.WHEN:
        by_upload = retrieved.sought.by_upload
        return _dates(figures.dates_of(retrieved.images, by_upload=by_upload), by_upload)
    if kind not in _FREQUENT:
        return []
    facet, label, none = _FREQUENT[kind]
    frequent = figures.frequent(retrieved.images, facet)
    if not frequent.values:
        return [_(none)]
    return _counted_part(frequent.counted_part) + _values(_(label), frequent.values)


def _extreme(retrieved: Retrieved) -> list[str]:
    """The date of the oldest or the newest picture."""
    sought, image = retrieved.sought, retrieved.best[0]
    date = image.created_at if sought.by_upload else image.taken_at
    if date is None or sought.extreme is None:
        return [_("None of them has a date.")]
    if sought.extreme.order is Order.OLDEST:
        first = _("The first was taken on %(date)s.")
        text = _("The first was uploaded on %(date)s.") if sought.by_upload else first
    else:
        last = _("The last was taken on %(date)s.")
        text = _("The last was uploaded on %(date)s.") if sought.by_upload else last
    return [text % {"date": date_format(localtime(date), "DATE_FORMAT")}]


def _dates(dates: figures.Dates, by_upload: bool) -> list[str]:
    if dates.first is None or dates.last is None:
        return [_("None of them has a date.")]
    first, last = (date_format(localtime(day), "DATE_FORMAT") for day in (dates.first, dates.last))
    if first == last:
        text = _("Uploaded on %(date)s.") if by_upload else _("Taken on %(date)s.")
        return [text % {"date": first}]
    taken = _("Taken from %(first)s to %(last)s.")
    text = _("Uploaded from %(first)s to %(last)s.") if by_upload else taken
    sentence = text % {"first": first, "last": last}
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
