"""Counts of the pictures that a search leaves, as links that narrow it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gallery.pages.facet_values import tag_labels, value_label
from gallery.pages.search.address import SearchAddress
from gallery.search.facets import Facet, Facets, FacetValue
from gallery.search.filters.colours import NAMED
from gallery.search.syntax import ParsedText, add_operator

Text = str | Promise

_SHOWN_VALUES = 6
_NAMES: dict[str, Promise] = {
    "year": _("Year"),
    "month": _("Month"),
    "orientation": _("Orientation"),
    "colour": _("Colour"),
    "tag": _("Tag"),
    "camera": _("Camera"),
    "format": _("Format"),
    "owner": _("Owner"),
    "visibility": _("Visible to"),
    "captioned": _("Caption"),
}


@dataclass(frozen=True)
class FacetLink:
    """``address`` adds ``operator`` to the search, or removes it where it is ``active``.

    ``colour`` is a sample such as ``#ff8800``, empty for other facets.
    """

    text: Text
    count: int
    active: bool
    operator: str
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
    labels = tag_labels([value.value for value in facet.values]) if facet.name == "tag" else {}
    links = tuple(
        _link(facet.name, value, labels.get(value.value, ""), parsed, address)
        for value in facet.values
    )
    return ShownFacet(_NAMES[facet.name], links[:_SHOWN_VALUES], links[_SHOWN_VALUES:])


def _link(
    name: str, value: FacetValue, label: str, parsed: ParsedText, address: SearchAddress
) -> FacetLink:
    without = {operator.source: operator.without for operator in parsed.operators}
    active = value.operator in without
    box = without[value.operator] if active else add_operator(address.value("q"), value.operator)
    colour = NAMED[value.value][0] if name == "colour" else ""
    return FacetLink(
        text=label or value_label(name, value.value),
        count=value.count,
        active=active,
        operator=value.operator,
        address=address.replacing("q", box),
        colour=colour,
    )
