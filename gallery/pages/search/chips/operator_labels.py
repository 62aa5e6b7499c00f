"""What an operator of the search box means, in the reader's language: “Owner: ann”, “Landscape”."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gallery.core.size_limits import format_size
from gallery.models import State, Visibility
from gallery.pages.facet_values import (
    COLOURS,
    NO_OWNER,
    WITH_CAPTION,
    WITHOUT_CAPTION,
    value_label,
)
from gallery.pages.search.chips.date_labels import span_label
from gallery.search.filters import Colour, ImageFilter, MetadataCondition
from gallery.search.filters.colours import NAMED
from gallery.search.syntax import Operator

Text = str | Promise
N = TypeVar("N", int, float)

_SIGNS = {"above": ">", "at_least": "≥", "below": "<", "at_most": "≤"}


def label_of(operator: Operator, imports: Mapping[uuid.UUID, str] | None = None) -> str:
    """``imports``: the names of those that the reader may see, by their IDs."""
    conditions = operator.conditions
    if conditions.import_id:
        return _import(operator, (imports or {}).get(conditions.import_id, ""))
    if conditions.has_caption and operator.excludes:
        return str(WITHOUT_CAPTION)
    labels = (describe(conditions) for describe in _DESCRIPTIONS)
    label = next(filter(None, labels), operator.source)
    return _("Except %(condition)s") % {"condition": label} if operator.excludes else label


def _import(operator: Operator, name: str) -> str:
    if not name:
        return _("No such import")
    label = _named(_("Import"), name)
    return _("Except %(condition)s") % {"condition": label} if operator.excludes else label


def _named(name: Text, value: Text) -> str:
    return _("%(name)s: %(value)s") % {"name": name, "value": value} if value else ""


def _all_of(values: Iterable[Text]) -> str:
    return _(", ").join(map(str, values))


def _people(conditions: ImageFilter) -> str:
    if conditions.own:
        return _("Your pictures")
    if conditions.no_owner:
        return str(NO_OWNER)
    return _named(_("Owner"), conditions.owner) or _named(_("External ID"), conditions.external_id)


def _states(conditions: ImageFilter) -> str:
    if conditions.visibility:
        return _named(_("Visible to"), Visibility(conditions.visibility).label)
    return _named(_("Status"), _all_of(State(state).label for state in conditions.states))


def _look(conditions: ImageFilter) -> str:
    if conditions.colour:
        return _named(_("Colour"), _colour(conditions.colour))
    return _all_of(value_label("orientation", each) for each in conditions.orientations)


def _colour(colour: Colour) -> str:
    name = next((name for name, samples in NAMED.items() if samples == colour.samples), "")
    return str(COLOURS[name]) if name else _all_of(colour.samples)


def _file(conditions: ImageFilter) -> str:
    formats = _all_of(value_label("format", each) for each in conditions.formats)
    return (
        _named(_("Format"), formats)
        or _named(_("Size"), _between(conditions.min_size, conditions.max_size, format_size))
        or _named(
            _("Megapixels"),
            _between(conditions.min_megapixels, conditions.max_megapixels, _number),
        )
    )


def _facts(conditions: ImageFilter) -> str:
    if conditions.has_caption:
        return str(WITH_CAPTION)
    if place := conditions.near:
        values = {"place": f"{place.latitude:g}, {place.longitude:g}", "km": _number(place.radius)}
        return _("Within %(km)s km of %(place)s") % values
    return _named(_("Camera"), conditions.camera) or _named(_("Lens"), conditions.lens)


def _dates(conditions: ImageFilter) -> str:
    return (
        _named(_("Date"), span_label(conditions.dated_after, conditions.dated_before))
        or _named(_("Taken"), span_label(conditions.taken_after, conditions.taken_before))
        or _named(_("Uploaded"), span_label(conditions.created_after, conditions.created_before))
    )


def _tags(conditions: ImageFilter) -> str:
    return _named(_("Tag"), _all_of(conditions.tags))


def _metadata(conditions: ImageFilter) -> str:
    return _all_of(map(_key, conditions.metadata))


def _key(condition: MetadataCondition) -> str:
    key = ".".join(condition.path)
    if condition.exists:
        return _named(key, _("any value"))
    if condition.limits:
        limits = (f"{_SIGNS[name]} {limit}" for name, limit in condition.limits.items())
        return f"{key} {_all_of(limits)}"
    texts = (v if isinstance(v, str) else json.dumps(v) for v in condition.any_of)
    # ``7`` is the number and the text.
    return _named(key, _all_of(dict.fromkeys(texts)))


def _between(low: N | None, high: N | None, text: Callable[[N], str]) -> str:
    """Empty without limits."""
    if low is not None and high is not None:
        return text(low) if low == high else f"{text(low)} – {text(high)}"
    if low is not None:
        return _("at least %(amount)s") % {"amount": text(low)}
    return "" if high is None else _("at most %(amount)s") % {"amount": text(high)}


def _number(value: float) -> str:
    return number_format(f"{round(value, 2):.15g}")


_DESCRIPTIONS: tuple[Callable[[ImageFilter], str], ...] = (
    _people, _states, _look, _file, _facts, _dates, _tags, _metadata,
)  # fmt: skip
