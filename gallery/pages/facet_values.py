"""The values of facets in the reader's language."""

from __future__ import annotations

from collections.abc import Collection

from django.template.defaultfilters import date
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gallery.models import Tag, Visibility
from gallery.search.filters import Orientation

COLOURS: dict[str, Promise] = {
    "red": _("Red"),
    "orange": _("Orange"),
    "yellow": _("Yellow"),
    "green": _("Green"),
    "turquoise": _("Turquoise"),
    "blue": _("Blue"),
    "purple": _("Purple"),
    "pink": _("Pink"),
    "brown": _("Brown"),
    "black": _("Black"),
    "grey": _("Grey"),
    "white": _("White"),
}
NO_OWNER = _("No owner")
WITH_CAPTION, WITHOUT_CAPTION = _("With caption"), _("Without caption")


def value_label(facet: str, value: str) -> str:
    """The text of a value of ``search.facets``."""
    if facet == "owner":
        return value or str(NO_OWNER)
    if facet == "visibility":
        return str(Visibility(value).label)
    if facet == "orientation":
        return capfirst(str(Orientation(value).label))
    if facet == "captioned":
        return str(WITH_CAPTION if value == "yes" else WITHOUT_CAPTION)
    if facet == "colour":
        return str(COLOURS[value])
    if facet == "month" and (day := parse_date(f"{value}-01")):
        return date(day, "YEAR_MONTH_FORMAT")
    return value.upper() if facet == "format" else value


def tag_labels(names: Collection[str]) -> dict[str, str]:
    """The Chinese names of tags, by their other names, for readers of Chinese."""
    if not (get_language() or "").startswith("zh"):
        return {}
    tags = Tag.objects.filter(name__in=names).exclude(name_zh="")
    return dict(tags.values_list("name", "name_zh"))
