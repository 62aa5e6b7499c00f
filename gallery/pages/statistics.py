"""Statistics of the pictures that a person may see; staff also see the vector index."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gallery.models import State
from gallery.operations.gallery_statistics import GalleryStatistics, statistics_for
from gallery.operations.next_index_work import next_work
from gallery.pages.access import readers_only
from gallery.pages.facet_values import value_label

_FACETS: dict[str, Promise] = {
    "year": _("year taken"),
    "format": _("format"),
    "orientation": _("orientation"),
    "camera": _("Camera"),
}


@dataclass(frozen=True)
class Bar:
    """``percent`` is the width relative to the longest bar of the chart. ``query`` finds the
    pictures; empty if no search does.
    """

    label: str
    count: int
    percent: str
    query: str = ""


@dataclass(frozen=True)
class Chart:
    """``more``: there are further values, with fewer pictures."""

    title: str
    bars: tuple[Bar, ...]
    more: bool = False


@require_safe
@readers_only
def statistics(request: HttpRequest) -> HttpResponse:
    numbers = statistics_for(request.user)
    context = {
        "statistics": numbers,
        "charts": [_states(numbers), *_charts(numbers)],
        "counted": numbers.facets.counted if numbers.facets.capped else None,
        "next_work": next_work(numbers.index.due) if numbers.index else "",
    }
    return render(request, "gallery/statistics/page.html", context)


def _states(statistics: GalleryStatistics) -> Chart:
    counts = {state: count for state, count in statistics.by_state.items() if count}
    most = max(counts.values(), default=1)
    bars = (Bar(str(State(state).label), n, _percent(n, most)) for state, n in counts.items())
    return Chart(str(_("Status")), tuple(bars))


def _charts(statistics: GalleryStatistics) -> list[Chart]:
    charts = []
    for facet in statistics.facets.facets:
        if facet.name in _FACETS:
            most = max(value.count for value in facet.values)
            bars = (
                Bar(
                    value_label(facet.name, each.value),
                    each.count,
                    _percent(each.count, most),
                    each.operator,
                )
                for each in facet.values
            )
            charts.append(Chart(capfirst(str(_FACETS[facet.name])), tuple(bars), facet.more))
    return charts


def _percent(count: int, most: int) -> str:
    """A text, because a template would write a number in the reader's language."""
    return f"{max(1.0, 100 * count / most):.1f}%"
