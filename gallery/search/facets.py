"""Counts of the values that pictures have, for links that narrow a search.

One statement counts all facets over at most ``CAP`` pictures.
"""

from __future__ import annotations

from dataclasses import dataclass

from gallery.models import ImageQuerySet, User
from gallery.search.facet_counts import ALL, CAP, FACETS, MAX_VALUES, FacetRow, counted
from gallery.search.syntax.unparse import unparse


@dataclass(frozen=True)
class FacetValue:
    """``operator`` is the text for the search box that keeps the pictures with this value. The
    ``owner`` of pictures without one is empty.
    """

    value: str
    count: int
    operator: str


@dataclass(frozen=True)
class Facet:
    """The most frequent values first; years and months newest first. ``more`` values exist."""

    name: str
    values: tuple[FacetValue, ...]
    more: bool


@dataclass(frozen=True)
class Facets:
    """``counted`` pictures were counted; if ``capped``, there are more than these."""

    facets: tuple[Facet, ...]
    counted: int
    capped: bool

    def __getitem__(self, name: str) -> Facet:
        return {facet.name: facet for facet in self.facets}[name]


def facets_of(images: ImageQuerySet, *, user: User | None = None) -> Facets:
    """The facets of ``images``. Visibility is counted only for a ``user`` who is logged in.

    Start from ``visible_to``. If there are more than ``CAP`` images, any ``CAP`` of them count.
    """
    rows = counted(images, user)
    total = next((row.pictures for row in rows if row.facet == ALL), 0)
    facets = tuple(_facet(name, rows) for name in FACETS)
    return Facets(
        tuple(facet for facet in facets if facet.values), min(total, CAP), capped=total > CAP
    )


def _facet(name: str, rows: list[FacetRow]) -> Facet:
    mine = [row for row in rows if row.facet == name]
    counts = {row.value: row.pictures for row in mine if row.rank <= MAX_VALUES}
    values = sorted(counts, reverse=True) if name in ("year", "month") else list(counts)
    return Facet(
        name,
        tuple(
            FacetValue(_shown(name, each), counts[each], _operator(name, each)) for each in values
        ),
        more=any(row.rank > MAX_VALUES for row in mine),
    )


def _shown(name: str, value: str) -> str:
    return f"{value[:-2]}-{value[-2:]}" if name == "month" else value


def _operator(name: str, value: str) -> str:
    if name == "owner" and not value:
        return "owner:none"
    if name == "captioned":
        return "is:captioned" if value == "yes" else "-is:captioned"
    operators = {"year": "taken", "month": "taken", "orientation": "is", "visibility": "is"}
    return unparse(operators.get(name, name), _shown(name, value))
