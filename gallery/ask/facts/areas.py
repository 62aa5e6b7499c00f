"""Where pictures were taken, in degrees: without a table of names, nothing else is known."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gallery.ask.facts.figures import Area, Places


@dataclass(frozen=True)
class AreaFact:
    """``box`` is the text for the search box that finds pictures of the area."""

    text: str
    box: str


def area_facts(places: Places) -> tuple[AreaFact, ...]:
    return tuple(AreaFact(_around(area), area.operator) for area in places.areas)


def placed(places: Places, pictures: int) -> str:
    if not places.areas:
        return ngettext(
            "You do not see where it was taken.",
            "You see no position of any of them.",
            pictures,
        )
    text = ngettext(
        "You see the position of %(count)d picture.",
        "You see the positions of %(count)d pictures.",
        places.placed,
    )
    return text % {"count": places.placed}


def _around(area: Area) -> str:
    north, east = abs(area.latitude), abs(area.longitude)
    latitude = _("%(degrees)s° N") if area.latitude >= 0 else _("%(degrees)s° S")
    longitude = _("%(degrees)s° E") if area.longitude >= 0 else _("%(degrees)s° W")
    text = ngettext(
        "around %(latitude)s, %(longitude)s (%(count)d picture)",
        "around %(latitude)s, %(longitude)s (%(count)d pictures)",
        area.pictures,
    )
    return text % {
        "latitude": latitude % {"degrees": number_format(north, 1)},
        "longitude": longitude % {"degrees": number_format(east, 1)},
        "count": area.pictures,
    }
