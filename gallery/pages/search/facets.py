"""Counts of the pictures that a search leaves, as links that narrow it."""

from __future__ import annotations

from dataclasses import dataclass

from django.template.defaultfilters import date
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gallery.models import Visibility
from gallery.pages.search.address import SearchAddress
from gallery.search.facets import Facet, Facets, FacetValue
from gallery.search.filters.colours import NAMED
from gallery.search.syntax import ParsedText

Text = str | Promise

_SHOWN_VALUES = 6
_NAMES: dict[str, Promise] = {
    "year": _("Year"),
    "month": _("Month"),
    "orientation": _("Orientation"),
    "colour": _("Colour"),
    "camera": _("Camera"),
    "format": _("Format"),
    "owner": _("Owner"),
    "visibility": _("Visible to"),
    "captioned": _("Caption"),
}
_VALUES: dict[tuple[str, str], Promise] = {
    ("orientation", "landscape"): _("Landscape"),
    ("orientation", "portrait"): _("Portrait"),
    ("orientation", "square"): _("Square"),
    ("captioned", "yes"): _("With caption"),
    ("captioned", "no"): _("Without caption"),
    ("colour", "red"): _("Red"),
    ("colour", "orange"): _("Orange"),
    ("colour", "yellow"): _("Yellow"),
    ("colour", "green"): _("Green"),
    ("colour", "turquoise"): _("Turquoise"),
    ("colour", "blue"): _("Blue"),
    ("colour", "purple"): _("Purple"),
    ("colour", "pink"): _("Pink"),
    ("colour", "brown"): _("Brown"),
    ("colour", "black"): _("Black"),
    ("colour", "grey"): _("Grey"),
    ("colour", "white"): _("White"),
}


@dataclass(frozen=True)
class FacetLink:
    """``address`` adds the condition to the search, or removes it where it is ``active``.

    ``colour`` is a sample such as ``#ff8800``, empty for other facets.
    """

    text: Text
    count: int
    active: bool
    address: SearchAddress
    colour: str = ""


@dataclass(frozen=True)
class ShownFacet:
    """``rest`` are the less frequent values."""

    name: Text
    links: tuple[FacetLink, ...]
    rest: tuple[FacetLink, ...]


def shown_facets(facets: Facets, parsed: ParsedText, address: SearchAddress) -> list[ShownFacet]:
    """In the order of ``_NAMES``. A facet whose only value all pictures share says nothing."""
    return [
        _shown(facet, parsed, address)
        for name in _NAMES
        for facet in facets.facets
        if facet.name == name and _narrows(facet, facets, parsed)
    ]


def _narrows(facet: Facet, facets: Facets, parsed: ParsedText) -> bool:
    active = {operator.source for operator in parsed.operators}
    return any(value.count < facets.counted or value.operator in active for value in facet.values)


def _shown(facet: Facet, parsed: ParsedText, address: SearchAddress) -> ShownFacet:
    links = tuple(_link(facet.name, value, parsed, address) for value in facet.values)
    return ShownFacet(_NAMES[facet.name], links[:_SHOWN_VALUES], links[_SHOWN_VALUES:])


def _link(name: str, value: FacetValue, parsed: ParsedText, address: SearchAddress) -> FacetLink:
    without = {operator.source: operator.without for operator in parsed.operators}
    active = value.operator in without
    box = without[value.operator] if active else _with(value.operator, address)
    colour = NAMED[value.value][0] if name == "colour" else ""
    return FacetLink(
        _text(name, value.value), value.count, active, address.replacing("q", box), colour
    )


def _with(operator: str, address: SearchAddress) -> str:
    box = address.value("q")
    # After a quote that is not closed, the operator would become a part of the phrase.
    is_quoted = any(quote in box for quote in '"“”„＂')
    return f"{operator} {box}" if is_quoted else f"{box} {operator}".strip()


def _text(name: str, value: str) -> Text:
    if name == "visibility":
        return Visibility(value).label
    if name == "format":
        return value.upper()
    if name == "month" and (day := parse_date(f"{value}-01")):
        return date(day, "YEAR_MONTH_FORMAT")
    return _VALUES.get((name, value), value)
