"""The address of a search without its text, with everything else that its sentence asks for."""

from __future__ import annotations

from django.utils import timezone

from gallery.pages.search.address import SearchAddress
from gallery.pages.search.form import SearchForm
from gallery.search.intent import Intent, Kind, NamesVisibleTo, Part, understand
from gallery.search.intent.read import RULES


def without_text(form: SearchForm, address: SearchAddress) -> SearchAddress:
    """The parts stay a sentence, so that each can still be undone, if the rules understand them
    without the text; otherwise they become operators and parameters."""
    intent = form.intent_of_box
    typed = [operator.source for operator in form.parsed.operators]
    address = address.without(("as_text",))
    parts = [part for part in intent.parts if part.kind is not Kind.FILLER]
    sentence = ", ".join(part.source(intent.box) for part in parts)
    if parts and intent.reader == RULES and _is_understood(sentence, intent, parts, form):
        return address.replacing("q", " ".join((sentence, *typed)))
    texts = [*typed, *(text for part in parts for text in _as_typed(part))]
    for part in parts:
        if part.order and not address.value("order"):
            address = address.replacing("order", part.order)
        if part.limit and not address.value("limit"):
            address = address.replacing("limit", part.limit)
    return address.replacing("q", " ".join(texts))


def _is_understood(sentence: str, intent: Intent, parts: list[Part], form: SearchForm) -> bool:
    names = NamesVisibleTo(form.user)
    read = understand(sentence, now=timezone.localtime(), names=names)
    return not read.text and _meanings(read.parts) == _meanings(parts)


def _meanings(parts: list[Part] | tuple[Part, ...]) -> list[object]:
    return [
        (part.kind, part.operator, part.words, part.weight, part.order, part.limit)
        for part in parts
        if part.kind is not Kind.FILLER
    ]


def _as_typed(part: Part) -> list[str]:
    if part.operator:
        return [part.operator]
    if part.weight < 0:
        # A word with a quote is none that a rule leads away from.
        return [f'-"{word}"' if " " in word else f"-{word}" for word in part.words]
    return list(part.words)
