"""Chips for the parts of a sentence that were understood; each can become text again."""

from __future__ import annotations

from collections.abc import Container, Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gallery.pages.search.address import SearchAddress
from gallery.pages.search.chips.chip import Chip, Text
from gallery.pages.search.chips.operator_labels import label_of
from gallery.pages.search.form import ORDERS
from gallery.search.intent import Intent, Kind, Part
from gallery.search.syntax import parse


def understood_chips(
    intent: Intent, address: SearchAddress, *, left_out: Container[str]
) -> Iterator[Chip]:
    """``left_out`` are words whose pictures are not shown at all."""
    for part in intent.parts:
        if part.kind is not Kind.FILLER:
            source = part.source(intent.box)
            undone = address.with_value("as_text", source)
            yield Chip(
                kind="understood", text=_label(part, left_out), source=source, without=undone
            )


def _label(part: Part, left_out: Container[str]) -> Text:
    if part.operator:
        return label_of(parse(part.operator, now=timezone.localtime()).operators[0])
    if part.limit:
        return ngettext("%(number)s picture", "%(number)s pictures", part.limit) % {
            "number": part.limit
        }
    if part.order:
        return ORDERS[part.order]
    words = _(", ").join(part.words)
    if part.weight < 0 and part.words[0] in left_out:
        return _("Without “%(words)s”") % {"words": words}
    if part.weight < 0:
        return _("Less of “%(words)s”") % {"words": words}
    if part.weight < 1:
        return _("A little “%(words)s”") % {"words": words}
    return _("Mostly “%(words)s”") % {"words": words}
